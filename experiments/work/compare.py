"""Two finished runs side by side: which is better, how sure, at what cost."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.optimizers.challenge import gain_of
from esc_skills.optimizers.events import Result
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout

from ..files.run_directory import read_result
from ..show.progress import spend_line


class Comparison(Frozen):
    """What can be said of two runs."""

    names: tuple[str, str]
    results: tuple[Result, Result]
    difference: Interval | None
    """Second minus first final score, in points, on the test dialogues that both played."""

    @property
    def verdict(self) -> str:
        """Which run is better, in one sentence."""
        if self.difference is None:
            return "The runs share no test dialogues, so their levels cannot be compared fairly."
        gap = self.difference
        spread = f"{gap.mean:+.1f} points, 95% interval {gap.low:+.1f} to {gap.high:+.1f}"
        if not gap.excludes_zero:
            return f"Neither is surely better ({spread})."
        better = self.names[1] if gap.mean > 0 else self.names[0]
        return f"{better} is better ({spread}, {gap.n} paired dialogues)."


def compare_runs(first: Path, second: Path) -> Comparison:
    """Compare two run directories.

    Raises:
        UserError: One is not a finished run.
    """
    results = read_result(first), read_result(second)
    finals = [
        {(r.profile, r.replicate): r for r in (result.test.rollouts_after if result.test else ())}
        for result in results
    ]
    shared = sorted(finals[0].keys() & finals[1].keys())
    pairs: list[tuple[Rollout, Rollout]] = [(finals[0][key], finals[1][key]) for key in shared]
    return Comparison(names=(str(first), str(second)), results=results, difference=gain_of(pairs))


def print_comparison(console: Console, comparison: Comparison) -> None:
    """The comparison as a table and a sentence."""
    table = Table(title="Two runs")
    table.add_column("")
    for name in comparison.names:
        table.add_column(name, justify="right")
    columns = [_column(result) for result in comparison.results]
    for label in columns[0]:
        table.add_row(label, columns[0][label], columns[1][label])
    console.print(table)
    console.print(comparison.verdict, markup=False)


def _column(result: Result) -> dict[str, str]:
    test = result.test
    accepted = sum(decision.accepted for decision in result.decisions)
    return {
        "gain on sealed test": "-" if test is None else _interval(test.gain),
        "final score": "-" if test is None else _interval(test.after.score),
        "success / failure": "-"
        if test is None
        else f"{test.after.success:.0%} / {test.after.failure:.0%}",
        "edits accepted / tried": f"{accepted} / {len(result.decisions)}",
        "skills": str(len(result.final.skills)),
        "spend": spend_line(result.spend),
        "stopped": result.stopped,
    }


def _interval(interval: Interval) -> str:
    return f"{interval.mean:.1f} [{interval.low:.1f}, {interval.high:.1f}]"
