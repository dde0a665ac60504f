"""A comparison of two runs in the terminal."""

from rich.console import Console

from ..work.compare import Comparison, RunSummary
from .progress import spend_line
from .tables import estimate, table_of

_LEVELS_DIFFER = (
    "The scores in the table are each run's own, on all of its test seekers; the difference counts "
    "only those that both runs share."
)


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print the comparison as a table and a sentence."""
    first, second = comparison.runs
    columns = [_column(run) for run in comparison.runs]
    rows = ((label, cell, columns[1][label]) for label, cell in columns[0].items())
    console.print(table_of("Two runs", ("", first.name, second.name), rows))
    console.print(comparison.verdict, markup=False, highlight=False)
    if comparison.caution:
        console.print(comparison.caution, markup=False, highlight=False)
    if comparison.difference is not None:
        console.print(_LEVELS_DIFFER, highlight=False)


def _column(run: RunSummary) -> dict[str, str]:
    return {
        "gain on its sealed test": estimate(run.gain, "+.1f"),
        "final score": estimate(run.score),
        "success / failure": f"{_share(run.success)} / {_share(run.failure)}",
        "edits accepted / tried": f"{run.accepted} / {run.tried}",
        "skills": str(run.skills),
        "measured at": run.concurrency or "-",
        "spend": spend_line(run.spend),
        "stopped": run.stopped,
    }


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
