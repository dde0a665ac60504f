"""An evaluation in the terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from esc_skills.metrics.sage.summary import Summary
from esc_skills.programs.simulation.dialogue import render
from esc_skills.signatures.reflection import SkillCredit

from ..work.dialogue_cost import (
    PUBLISHED_CALLS,
    PUBLISHED_CHARACTERS,
    PUBLISHED_STATIC,
    DialogueCost,
)
from ..work.evaluate import Evaluation
from ..work.reference_supporters import Baseline
from .conduct import conduct_line, conduct_table
from .judging import print_judges
from .leaderboard import quality_table
from .progress import spend_line
from .readings import all_clean, readings_table
from .tables import bounds, counted, table_of


def print_evaluation(console: Console, evaluation: Evaluation, *, show: bool = False) -> None:
    """Print the figures as tables; with `show`, the dialogues first."""
    if show:
        for rollout in evaluation.rollouts:
            console.rule(Text(f"{rollout.profile} ({rollout.ending})"))
            console.print(render(rollout) or rollout.error, markup=False, highlight=False)
    for line in _subject(evaluation):
        console.print(line, markup=False, highlight=False)
    console.print(_scores(evaluation))
    for line in _endings(evaluation):
        console.print(line, markup=False, highlight=False)
    console.print(_credit(evaluation.credit))
    if evaluation.baselines:
        console.print(_baselines(evaluation.baselines))
    console.print(quality_table(evaluation.simulator, {"this bank": evaluation.quality}))
    if any(row.broken or row.left for row in evaluation.conduct.rules):
        console.print(conduct_table(evaluation.conduct))
    console.print(conduct_line(evaluation.conduct), highlight=False)
    print_judges(console, evaluation.judges)
    if not all_clean(evaluation.readings):
        console.print(readings_table(evaluation.readings))
    console.print(cost_line(evaluation.cost))
    console.print(f"Spent {spend_line(evaluation.spend)}.")


def _subject(evaluation: Evaluation) -> Iterator[str]:
    """The bank, its seekers, and a warning if the bank's run used some of them."""
    at = f" Measured at {evaluation.concurrency}." if evaluation.concurrency else ""
    yield f"Bank {evaluation.bank}, played with {evaluation.seekers}.{at}"
    if evaluation.seen:
        yield (
            f"Warning: the run that made this bank learnt from or decided on "
            f"{counted(len(evaluation.seen), 'of these seekers')}, so the score is too high. "
            "For an unbiased score, use --split test or other --profiles."
        )


def _scores(evaluation: Evaluation) -> Table:
    columns = ("group", "dialogues", "score", "95% interval", "success", "failure", "replies")
    groups = {"all": evaluation.summary, **evaluation.groups}
    rows = ((name, *_cells(summary)) for name, summary in groups.items())
    return table_of(f"SAGE score, simulator {evaluation.simulator}", columns, rows)


def _cells(summary: Summary) -> tuple[str, ...]:
    return (
        str(summary.rollouts),
        f"{summary.published:.1f}",
        bounds(summary.score),
        f"{summary.success:.0%}",
        f"{summary.failure:.0%}",
        f"{summary.replies:.1f}",
    )


def _credit(rows: Sequence[SkillCredit]) -> Table:
    return table_of(
        "Credit: change of emotion after each skill",
        ("skill", "uses", "mean change", "lift at equal emotion"),
        ((row.skill, str(row.uses), f"{row.mean_change:+.2f}", f"{row.lift:+.2f}") for row in rows),
    )


def _baselines(baselines: Sequence[Baseline]) -> Table:
    """Levels of the baselines, and what the bank adds to each."""

    def cells(row: Baseline) -> tuple[str, ...]:
        level, gain = f"{row.score.mean:.1f}", row.gain
        if gain is None:
            return row.name, level, "none", "", "0"
        return row.name, level, f"{gain.mean:+.1f}", bounds(gain, "+.1f"), str(gain.n)

    return table_of(
        "Gain of the bank over baselines, same seekers",
        ("baseline", "its score", "gain", "95% interval", "pairs"),
        map(cells, baselines),
    )


def cost_line(cost: DialogueCost) -> str:
    """The cost of a dialogue beside that of a published one."""
    return (
        f"A dialogue took {cost.calls:.0f} calls and {cost.characters:,.0f} characters of "
        f"simulator input, {cost.cacheable:.0%} of them cacheable (published SAGE: "
        f"{PUBLISHED_CALLS}, {PUBLISHED_CHARACTERS:,}, {PUBLISHED_STATIC:.0%} static). "
        f"Lines of seekers repaired: {cost.repaired}."
    )


def _endings(evaluation: Evaluation) -> Iterator[str]:
    """Which dialogues the figures count, where some did not end with an emotion."""
    summary = evaluation.summary
    if summary.silent:
        yield (
            f"In {summary.silent} of the {summary.rollouts} dialogues the supporter gave no reply, "
            f"which counts as a final emotion of 0: {evaluation.silences[0]}"
        )
    if summary.invalid:
        yield (
            f"{summary.invalid} more dialogues are missing data and not counted: "
            f"{evaluation.errors[0]}"
        )
