"""Replies beside real ones, in the terminal."""

from collections.abc import Iterator

from rich.console import Console

from esc_skills.metrics.evidence.statistics import Interval

from ..work.respond import ResponseReport
from .progress import spend_line
from .tables import bounds, table_of


def print_responses(console: Console, report: ResponseReport) -> None:
    """Print the scores as a table."""
    title = f"{report.scores.responses} replies of {report.supporter} compared with real ones"
    console.print(table_of(title, ("", "value", "95% interval"), _rows(report)))
    if report.failures:
        console.print(
            f"{len(report.failures)} turns are missing data: {report.failures[0]}", markup=False
        )
    if report.skipped:
        first = report.skipped[0]
        console.print(
            f"{len(report.skipped)} records of the corpus could not be read: {first.file}, record "
            f"{first.record}: {first.why}",
            markup=False,
        )
    console.print("Word overlap does not measure support; it is reported, never optimized.")
    console.print(f"Spent {spend_line(report.spend)}.")


def _rows(report: ResponseReport) -> Iterator[tuple[str, str, str]]:
    scores = report.scores
    figures: dict[str, float | Interval | None] = {
        "BLEU-2": scores.bleu2,
        "BLEU-4": scores.bleu4,
        "ROUGE-L": scores.rouge_l,
        "METEOR (exact, stem)": scores.meteor_exact_stem,
        "Distinct-1": scores.distinct1,
        "Distinct-2": scores.distinct2,
        "strategy accuracy, %": scores.strategy,
        "the judge's own accuracy, %": scores.judge,
        "words per reply": scores.length,
        "words per real reply": scores.reference_length,
    }
    for name, value in figures.items():
        if isinstance(value, Interval):
            yield name, f"{value.mean:.1f}", bounds(value)
        else:
            yield name, "-" if value is None else f"{value:.1f}", ""
