"""The last lines of a search: edits, gain and cost."""

import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.summary import Summary
from esc_skills.optimizers.events import Result, SealedTest
from esc_skills.optimizers.turn_trust import trust_line

from ..files.conducts import broken_by, own_conduct
from .progress import spend_line, watch_line
from .tables import bounds, table_of


def print_result(console: Console, result: Result, directory: Path) -> None:
    """Print the closing lines of a search whose run directory this is."""
    verdicts = result.verdicts
    back = " (some were taken back)" if verdicts["taken back"] else ""
    first = " The first bank did worse than none and was given up." if verdicts["given up"] else ""
    rules = ", ".join(f"{rule} {count}" for rule, count in result.refused.most_common())
    console.print(
        f"\nStopped: {escape(result.stopped)}. {result.tried} edits tried, "
        f"{verdicts['accepted']} accepted{back}, {verdicts['unsafe']} refused as "
        f"unsafe{escape(f' ({rules})') if rules else ''}.{first}"
    )
    for line in unsafe_lines(result, directory):
        console.print(f"[bold red]{escape(line)}[/]", highlight=False)
    if result.test is not None:
        console.print(_levels(result, result.test))
        for line in _gains(result.test):
            console.print(line, highlight=False)
    if result.watch is not None:
        for alarm in result.watch.alarms:
            message = f"[bold red]Alarm[/] ({alarm.kind}): {escape(alarm.message)}."
            console.print(message, highlight=False)
        console.print(escape(watch_line(result.watch)), highlight=False)
    if result.trust is not None:
        console.print(trust_line(result.trust), highlight=False)
    console.print(f"Spent {spend_line(result.spend)}.")
    run, runs = escape(str(directory)), escape(str(directory.parent))
    console.print(f"Run directory: [bold]{run}[/]. Report: esc-skills report {run}")
    console.print(f"Compare runs in MLflow: esc-skills ui --runs {runs}")


def unsafe_lines(result: Result, run: Path) -> list[str]:
    """What is unsafe in the final bank of a run, a sentence each; only a bank that was allowed."""
    breaches = broken_by(result.final, own_conduct(run))
    return [f"Unsafe: {breach.sentence}." for breach in breaches]


def levels_of(result: Result, test: SealedTest) -> list[tuple[str, int, Summary]]:
    """Name, number of skills and level of each agent that the sealed test played.

    An empty first bank is no bank, and is called so.
    """
    skills = len(result.first.skills)
    levels = [("first bank" if skills else "no bank", skills, test.before)]
    if test.no_bank is not None:
        levels.insert(0, ("no bank", 0, test.no_bank.level))
    return [*levels, ("final bank", len(result.final.skills), test.after)]


def gain_line(gain: Interval, over: str) -> str:
    """A gain in points as a sentence, with its interval and whether that excludes 0."""
    sure = "excludes 0" if gain.excludes_zero else "includes 0"
    return (
        f"Gain over {over}: {gain.mean:+.1f} points, 95% interval {gain.low:+.1f} to "
        f"{gain.high:+.1f} ({sure}), {gain.n} paired dialogues."
    )


def missing_line(test: SealedTest) -> str:
    """How many pairs of the sealed test are missing data, as a sentence."""
    pairs = test.missing + len(test.rollouts_before)
    return (
        f"{test.missing} of {pairs} pairs are missing data, because a model failed in every try or "
        "the budget ended; they are not counted."
    )


def _levels(result: Result, test: SealedTest) -> Table:
    rows = (
        (
            name,
            str(skills),
            f"{level.score.mean:.1f}",
            bounds(level.score),
            f"{level.success:.0%}",
            f"{level.failure:.0%}",
        )
        for name, skills, level in levels_of(result, test)
    )
    columns = ("agent", "skills", "score", "95% interval", "success", "failure")
    return table_of("Sealed test: held-out seekers that no decision used", columns, rows)


def _gains(test: SealedTest) -> list[str]:
    lines = [f"[bold]{gain_line(test.gain, 'the first bank')}[/]"]
    if test.no_bank is not None:
        lines.append(f"[bold]{gain_line(test.no_bank.gain, 'no bank')}[/]")
    if test.missing:
        lines.append(missing_line(test))
    if test.before.silent or test.after.silent:
        lines.append(
            f"Dialogues that ended because the agent gave no reply (score 0): {test.before.silent} "
            f"with the first bank, {test.after.silent} with the final one."
        )
    return lines


def result_json(result: Result, run: Path) -> str:
    """The headline of a result for scripts."""
    test = result.test
    no_bank = test and test.no_bank
    return json.dumps(
        {
            "stopped": result.stopped,
            "accepted": [d.title for d in result.decisions if d.accepted],
            "refused": dict(result.refused),
            "gain": test and test.gain.model_dump(),
            "missing_pairs": test and test.missing,
            "gain_over_no_bank": no_bank and no_bank.gain.model_dump(),
            "unsafe": unsafe_lines(result, run),
            "alarms": [a.model_dump() for a in result.watch.alarms] if result.watch else [],
            "spend": result.spend.model_dump(),
        }
    )
