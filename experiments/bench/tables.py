"""Standings and likenesses as tables for the terminal, and as curves."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from esc_skills.metrics.statistics import Interval

from ..figures import FONT, MARGIN
from .contest import Score
from .realism import Likeness
from .standings import Standing

if TYPE_CHECKING:
    import plotly.graph_objects as go

COLUMNS = ("optimizer", "true gain", "ours leads by", "to 50%", "to 90%", "in vain", "covered")
"""Gains in points with their 95% intervals; model calls to a share of the attainable gain; accepted
edits that were useless or harmful; reported intervals that held the truth."""
POINTS = 60
"""Places at which a curve is drawn."""


def render(rows: Sequence[Standing]) -> Iterator[Table]:
    """A table for each world and budget."""
    for (world, calls), group in groupby(rows, key=lambda row: (row.world, row.calls)):
        own = list(group)
        table = Table(
            title=f"World {world}, {calls:,} calls, {max(row.seeds for row in own)} seeds"
        )
        for column in COLUMNS:
            table.add_column(column, justify="left" if column == "optimizer" else "right")
        for row in own:
            table.add_row(*cells(row))
        yield table


def cells(row: Standing) -> tuple[str, ...]:
    """A row as texts, in the order of `COLUMNS`."""
    return (
        row.optimizer,
        _points(row.gain),
        "" if row.lead is None else _points(row.lead),
        _calls(row.half),
        _calls(row.most),
        f"{row.useless + row.harmful} of {row.accepted}",
        f"{row.covered} of {row.reports}",
    )


def likeness_table(world: str, rows: Sequence[Likeness]) -> Table:
    """A world's statistics beside the published ones."""
    near = sum(row.ok for row in rows)
    table = Table(title=f"World {world}: {near} of {len(rows)} statistics as published")
    for column in ("statistic", "published", "this world", "tolerance", "ok?"):
        table.add_column(column, justify="left" if column == "statistic" else "right")
    for row in rows:
        digits = 1 if row.tolerance >= 0.5 else 2
        figures = (row.published, row.found, row.tolerance)
        table.add_row(
            row.statistic,
            *(f"{figure:.{digits}f}" for figure in figures),
            "yes" if row.ok else "[red]no[/]",
        )
    return table


def _points(interval: Interval) -> str:
    return f"{interval.mean:+.0f} [{interval.low:+.0f}, {interval.high:+.0f}]"


def _calls(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else "never"


def curves(scores: Sequence[Score]) -> "go.Figure":
    """Mean true gain against calls spent, in each world, at the largest budget."""
    from plotly.subplots import make_subplots

    worlds = sorted({score.entry.world for score in scores})
    figure = make_subplots(rows=len(worlds), cols=1, subplot_titles=worlds)
    for row, world in enumerate(worlds, start=1):
        here = [score for score in scores if score.entry.world == world]
        budget = max(score.entry.calls for score in here)
        last = [score for score in here if score.entry.calls == budget]
        places = np.linspace(0, budget, POINTS)
        for name in sorted({score.entry.optimizer for score in last}):
            own = [score for score in last if score.entry.optimizer == name]
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
