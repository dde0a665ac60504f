"""Results of tournaments and realism checks: tables for the terminal, and curves."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table
from rich.text import Text

from esc_skills.metrics.evidence.statistics import Interval

from ..show.figures import FONT, MARGIN
from ..show.tables import Cell, table_of
from .match import Score
from .overall import Standing
from .realism import Likeness
from .summary import Middle, OptimizerSummary, Reach

if TYPE_CHECKING:
    import plotly.graph_objects as go

GAINS = (
    "optimizer", "true gain", "median", "lead", "covered", "harmed", "null+harm", "alarms",
)  # fmt: skip
COSTS = (
    "optimizer", "calls to 50%", "rollouts to 50%", "calls to 90%", "rollouts to 90%", "seconds",
)  # fmt: skip
LEGEND = (
    "Gains are true gains in points [95% interval]; evolution is ESC-Skills. Lead: the gain of "
    "ESC-Skills minus this optimizer's, paired by seed. Covered: reported intervals that contain "
    "the true gain over all seekers like those of the test. Harmed: groups of test seekers that "
    "truly lose more than 2 points. Null+harm: accepted edits whose true effect is within 1 "
    "point of zero + those that truly lose more than 1 point. Alarms: runs whose sealed test "
    "raised an alarm, of the runs that changed the bank. Calls and rollouts to a share of the "
    "attainable gain: median [95% interval], - where it exceeds the budget, and how many seeds "
    "reached it where not all did."
)
"""Explains the columns, below the tables."""
STANDINGS = (
    "optimizer", "cells", "mean gain", "lead of the first", "behind in", "ahead in", "reach 50%",
    "reach 90%", "null+harm",
)  # fmt: skip
STANDINGS_LEGEND = (
    "A cell is a world, a start and a budget. Mean gain: over all cells [95% interval; worlds with "
    "their starts are the sample, or the cells where there are only two]. Lead of the "
    "first: gain of ESC-Skills, or else of the best, minus this one's, paired by seed. "
    "Behind and ahead in: cells in which that difference is shown at 5%, corrected "
    "for the number of all such comparisons (Holm). Reach: contests that attain the share, of "
    "those in which more than 5 points are attainable, and their median calls."
)
"""Explains the columns of the standings."""
POINTS = 60
"""Points along the budget at which a curve is drawn."""


def render(rows: Sequence[OptimizerSummary]) -> Iterator[Table]:
    """Two tables for each world and budget: gains, and their cost."""
    for (world, calls), group in groupby(rows, key=lambda row: (row.world, row.calls)):
        own = list(group)
        seeds = max(row.seeds for row in own)
        title = f"World {world}, {calls:,} calls, {seeds} seeds"
        yield table_of(title, GAINS, [gain_cells(row) for row in own])
        yield table_of("Cost of a gain", COSTS, [cost_cells(row) for row in own])


def gain_cells(row: OptimizerSummary) -> tuple[str, ...]:
    """A row as texts, in the order of `GAINS`."""
    return (
        row.optimizer,
        points(row.gain),
        f"{row.median:+.0f}",
        "" if row.lead is None else points(row.lead),
        f"{row.covered}/{row.reports}",
        f"{row.groups_worse}/{row.groups}",
        f"{row.useless}+{row.harmful}/{row.accepted}",
        alarms_cell(row),
    )


def cost_cells(row: OptimizerSummary) -> tuple[str, ...]:
    """A row as texts, in the order of `COSTS`."""
    return (
        row.optimizer,
        reach_cell(row.half, row.half.calls, row.seeds),
        reach_cell(row.half, row.half.rollouts),
        reach_cell(row.most, row.most.calls, row.seeds),
        reach_cell(row.most, row.most.rollouts),
        f"{row.seconds:.0f}",
    )


def standings_table(rows: Sequence[Standing]) -> Table:
    """Every optimizer over all cells."""
    return table_of("Over all worlds, starts and budgets", STANDINGS, map(standing_cells, rows))


def standing_cells(row: Standing) -> tuple[str, ...]:
    """A row as texts, in the order of `STANDINGS`."""
    return (
        row.optimizer,
        f"{row.cells}",
        f"{row.gain.mean:+.1f} [{row.gain.low:+.1f}, {row.gain.high:+.1f}]",
        ""
        if row.lead is None
        else f"{row.lead.mean:+.1f} [{row.lead.low:+.1f}, {row.lead.high:+.1f}]",
        f"{row.behind}",
        f"{row.ahead}",
        *(
            f"{reach.reached}/{row.attainable} {_spent(reach.calls)}"
            for reach in (row.half, row.most)
        ),
        f"{row.useless}+{row.harmful}/{row.accepted}",
    )


def alarms_cell(row: OptimizerSummary) -> str:
    """Runs that raised an alarm / runs that could have; empty if no run was watched."""
    return f"{row.alarming}/{row.watched}" if row.watched else ""


def reach_cell(reach: Reach, spent: Middle, seeds: int = 0) -> str:
    """The median cost, with its interval if there are enough seeds for one.

    Args:
        reach: The seeds that reached a share of the attainable gain.
        spent: Their cost, in calls or rollouts.
        seeds: Number of all seeds, to show how many reached it; 0 to leave this out.
    """
    if not reach.reached:
        return "never"
    said = _spent(spent.median)
    if (spent.low, spent.high) != (0, None):
        said += f" [{_spent(spent.low)}, {_spent(spent.high)}]"
    return f"{said} {reach.reached}/{seeds}" if reach.reached < seeds else said


def _spent(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value < 1000 else f"{value / 1000:.1f}k"


def likeness_table(world: str, rows: Sequence[Likeness]) -> Table:
    """The statistics of a world compared with the published ones."""

    def cells(row: Likeness) -> tuple[Cell, ...]:
        digits = 1 if row.tolerance >= 0.5 else 2
        figures = (f"{each:.{digits}f}" for each in (row.published, row.found, row.tolerance))
        return row.statistic, *figures, "yes" if row.ok else Text("no", "red")

    near = sum(row.ok for row in rows)
    title = f"World {world}: {near} of {len(rows)} statistics agree with the published ones"
    columns = ("statistic", "published", "this world", "tolerance", "ok?")
    return table_of(title, columns, map(cells, rows))


def points(interval: Interval) -> str:
    """A gain in whole points with its interval."""
    return f"{interval.mean:+.0f} [{interval.low:+.0f}, {interval.high:+.0f}]"


def curves(scores: Sequence[Score]) -> "go.Figure":
    """Mean true gain against calls spent, in each world, at the largest budget."""
    from plotly.subplots import make_subplots

    worlds = sorted({score.entry.place for score in scores})
    figure = make_subplots(rows=len(worlds), cols=1, subplot_titles=worlds)
    for row, world in enumerate(worlds, start=1):
        here = [score for score in scores if score.entry.place == world]
        budget = max(score.entry.calls for score in here)
        last = [score for score in here if score.entry.calls == budget]
        places = np.linspace(0, budget, POINTS)
        for name in sorted({score.entry.name for score in last}):
            own = [score for score in last if score.entry.name == name]
            gains = [np.mean([_gain_at(score, calls) for score in own]) for calls in places]
            figure.add_scatter(
                x=places, y=gains, name=name, legendgroup=name, showlegend=row == 1, row=row, col=1
            )
    figure.update_layout(
        title="True gain against model calls", template="plotly_white", font=FONT, margin=MARGIN,
        height=380 * len(worlds) + 100,
    )  # fmt: skip
    figure.update_xaxes(title_text="model calls")
    figure.update_yaxes(title_text="true gain (points)")
    return figure


def _gain_at(score: Score, calls: float) -> float:
    reached = [step.score for step in score.steps if step.calls <= calls]
    return reached[-1] - score.first if reached else 0.0
