"""Calibration as tables for the terminal and as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from esc_skills.metrics.seekers.calibration import FeatureDistance

from ..work.calibrate import Calibration, mean_distance
from .figures import AFTER, BEFORE, FONT, MARGIN
from .tables import estimate, table_of

if TYPE_CHECKING:
    import plotly.graph_objects as go


Side = tuple[str, Sequence[FeatureDistance]]
"""Some seekers by name, and how far they talk from real ones."""


def print_distances(console: Console, sides: Sequence[Side]) -> None:
    """Print one table a side."""
    for name, rows in sides:
        console.print(distance_table(name.capitalize(), rows))


def print_calibration(console: Console, found: Calibration, to: Path) -> None:
    """Print the habits that were found, and what to do with them."""
    habits = ", ".join(f"{name} {value:g}" for name, value in found.behaviour)
    console.print(
        f"Habits: {habits}. Written to {to}: esc-skills evaluate --seekers {to}", markup=False
    )


def distance_table(title: str, rows: Sequence[FeatureDistance]) -> Table:
    """Each feature of simulated seekers compared with real ones."""
    return table_of(
        f"{title}: mean distance {mean_distance(rows):.2f} SD",
        ("feature", "real", "simulated", "distance (SD), 95% interval", "real vs real", "KS"),
        (
            (
                row.feature,
                f"{row.real:.2f}",
                f"{row.simulated:.2f}",
                estimate(row.distance, ".2f"),
                f"{row.floor:.2f}",
                f"{row.ks:.2f}",
            )
            for row in rows
        ),
    )


def distance_figure(sides: Sequence[Side], subtitle: str) -> "go.Figure":
    """Distances with their intervals, one colour a side; the dotted marks are real against real."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for (name, rows), color in zip(sides, (BEFORE, AFTER), strict=False):
        shown = rows[::-1]
        figure.add_bar(
            y=[row.feature for row in shown], x=[row.distance.mean for row in shown],
            orientation="h", name=name, marker_color=color,
            error_x={
                "array": [row.distance.high - row.distance.mean for row in shown],
                "arrayminus": [row.distance.mean - row.distance.low for row in shown],
            },
        )  # fmt: skip
    last = sides[-1][1][::-1]
    figure.add_scatter(
        y=[row.feature for row in last], x=[row.floor for row in last], mode="markers",
        marker={"symbol": "line-ns-open", "size": 18, "color": "black"}, name="real against real",
    )  # fmt: skip
    figure.update_layout(
        title={"text": f"Distance between simulated and real seekers<br><sup>{subtitle}</sup>"},
        xaxis_title="Wasserstein distance (standard deviations of real dialogues)",
        barmode="group", template="plotly_white", font=FONT, margin={**MARGIN, "l": 150, "t": 80},
        height=120 + 62 * len(last), legend={"traceorder": "reversed"},
    )  # fmt: skip
    return figure
