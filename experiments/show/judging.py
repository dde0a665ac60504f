"""What judges say, and the audit of judges, in the terminal."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.judges.judgement import CaseField

from ..work.audit_judges import Audit, JudgeAudit
from ..work.judge import JudgeSummary
from .tables import bounds, estimate, table_of

_LACKED_IN_EVALUATION: Mapping[tuple[CaseField, ...], str] = {
    ("other",): "it needs a bank with skills, to compare with a supporter without skills",
    ("profile",): "it needs the seekers' profiles",
    (): "there was no dialogue to grade",
}
"""Why a judge with these needs may have judged nothing in an evaluation."""
_LACKED_IN_AUDIT: Mapping[tuple[CaseField, ...], str] = {
    ("other",): "it compares two dialogues of one seeker, but no seeker has two",
    ("profile",): "no seeker's profile is known; name their file with --profiles",
    (): "there was no dialogue to grade",
}
"""Why a judge with these needs may have judged nothing in an audit."""


def print_judges(console: Console, summaries: Sequence[JudgeSummary]) -> None:
    """Print what the judges say, as a table; nothing where no judge was asked."""
    if not summaries:
        return
    columns = ("judge", "dimension", "mean", "95% interval", "scale", "n", "true quotes")
    rows = (row for each in summaries for row in _dimensions(each))
    title = f"Judges, model {summaries[0].model}"
    console.print(table_of(title, columns, rows, text=columns[:2]))
    for each in summaries:
        if not each.judged and not each.failed:
            why = _LACKED_IN_EVALUATION[each.needs]
            console.print(f"{each.judge} graded nothing: {why}.", markup=False)
        if each.failed:
            console.print(
                f"{each.judge}: {each.failed} grades are missing data: {each.error}",
                markup=False,
            )


def _dimensions(summary: JudgeSummary) -> Iterator[tuple[str, ...]]:
    """One row for the mean of all dimensions, and one for each of them."""
    if summary.overall is not None:
        whole = _cells(summary.overall, (0, 100), 1)
        yield summary.judge, "all", *whole, _share(summary.grounded)
    for name, interval in summary.scores.items():
        yield "", name, *_cells(interval, summary.scale, 2), ""


def _cells(interval: Interval, scale: tuple[float, float], digits: int) -> tuple[str, ...]:
    form = f".{digits}f"
    low, high = scale
    shown = f"{interval.mean:{form}}", bounds(interval, form)
    return *shown, f"{low:g} to {high:g}", str(interval.n)


def print_audit(console: Console, found: Audit) -> None:
    """Print the audit of judges as tables."""
    title = f"Judges, model {found.model}, {found.dialogues} dialogues, {found.seekers} seekers"
    columns = ("judge", "judged", "failed", "test-retest", "true quotes")
    console.print(table_of(title, columns, map(_audited, found.judges)))
    for row in found.judges:
        if not row.judged and not row.failed:
            why = _LACKED_IN_AUDIT[row.needs]
            console.print(f"{row.judge} graded nothing: {why}.", markup=False)
        if row.order is not None:
            console.print(
                f"Order bias, {row.judge}: the first dialogue wins "
                f"{estimate(row.order.first, '.2f')} "
                "of the decided answers; both orders agree on "
                f"{estimate(row.order.consistent, '.2f')}."
            )
    names = list(found.agreement)
    rows = (
        (name, *(estimate(found.agreement[name][other], ".2f") for other in names[:place]),
         *("" for _ in names[place:-1]))
        for place, name in enumerate(names[1:], start=1)
    )  # fmt: skip
    title = "Agreement: Spearman's correlation with its 95% interval"
    console.print(table_of(title, ("", *names[:-1]), rows))


def _audited(row: JudgeAudit) -> tuple[str, ...]:
    retest = estimate(row.retest, ".2f")
    return row.judge, str(row.judged), str(row.failed), retest, _share(row.grounded)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
