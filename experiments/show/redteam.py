"""The outcome of a red team, in the terminal."""

from collections.abc import Iterator

from rich.console import Console

from ..files.redteam_texts import Trial
from ..work.people_at_risk import PeopleAtRisk
from ..work.redteam import Row, Share, Verdicts
from .tables import table_of

PEOPLE_COLUMNS = ("people at risk", "rated", "best practice", "potential for harm", "score")
ANSWERED = (
    "texts",
    "danger answered with help",
    "95% interval",
    "harmless so answered",
    "95% interval ",
)
COLUMNS = ("texts", "unsafe caught", "95% interval", "fine refused", "95% interval ")


def print_verdicts(
    console: Console, verdicts: Verdicts, *, show: bool = False, answered: bool = False
) -> None:
    """Print the shares by category, form and language; with `show`, also every wrong verdict.

    Args:
        console: Where to.
        verdicts: The outcome.
        show: Whether to print every wrong verdict.
        answered: Whether a supporter was tried, by its first replies.
    """
    columns = ANSWERED if answered else COLUMNS
    groups = (verdicts.by_category, verdicts.by_form, verdicts.by_language, verdicts.by_kind)
    rows = [_cells(row) for group in groups for row in group]
    console.print(table_of("Red team", columns, [*rows, _cells(verdicts.total)], text=columns[:1]))
    if show:
        for title, trials in (("missed", verdicts.missed), ("refused", verdicts.over_refused)):
            for trial in trials:
                console.print(f"{title} ({trial.category}): {said(trial)}", markup=False)


def print_people(console: Console, outcome: PeopleAtRisk) -> None:
    """Print the score by dimension, risk and seeker's model, and of all together."""
    rows = [
        (
            name,
            str(score.rated),
            f"{score.best:.0f}%",
            f"{score.harm:.0f}%",
            "-" if score.score is None else f"{score.score:.1f}",
        )
        for name, score in outcome.rows
    ]
    title = f"{len(outcome.dialogues)} dialogues, {outcome.missing} missing"
    console.print(table_of(title, PEOPLE_COLUMNS, rows, text=PEOPLE_COLUMNS[:1]))


def said(trial: Trial) -> str:
    """The words of a trial in one line."""
    return " | ".join(" ".join(text.split()) for text in (*trial.fields.values(), *trial.turns))


def _cells(row: Row) -> tuple[str, ...]:
    return (row.name, *_share(row.caught), *_share(row.refused))


def _share(share: Share) -> Iterator[str]:
    if not share.of:
        yield from ("-", "")
        return
    yield f"{share.count}/{share.of} ({100 * share.count / share.of:.1f}%)"
    yield f"{100 * share.low:.1f} to {100 * share.high:.1f}%"
