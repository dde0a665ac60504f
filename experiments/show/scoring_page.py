"""Leaderboards as one self-contained page: emotion curves and scores, simulator by simulator."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from esc_skills.metrics.sage.leaderboard import Leaderboard

from .figures import FONT, MARGIN
from .pages import embedded, write_page

if TYPE_CHECKING:
    import plotly.graph_objects as go


def write_scores(boards: Sequence[Leaderboard], to: Path) -> None:
    """Write the page; it opens offline."""
    shown = [
        (board.simulator, embedded([emotion_curves(board), scores(board)], first=place == 0))
        for place, board in enumerate(boards)
    ]
    write_page(to, "scores.html", boards=shown)


def emotion_curves(board: Leaderboard) -> "go.Figure":
    """Mean emotion after each reply, one line a supporter."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for row in board.standings:
        figure.add_scatter(
            x=list(range(len(row.curve))), y=list(row.curve),
            mode="lines+markers", name=f"{row.supporter} ({row.published:.1f})",
        )  # fmt: skip
    figure.update_layout(
        title="Emotion after each reply; an ended dialogue keeps its last value",
        xaxis_title="scored replies", yaxis_title="mean emotion (points)",
        yaxis_range=[0, 100], template="plotly_white", font=FONT, margin=MARGIN,
    )  # fmt: skip
    return figure


def scores(board: Leaderboard) -> "go.Figure":
    """Score with its interval, one line a supporter."""
    import plotly.graph_objects as go

    rows = board.standings[::-1]
    figure = go.Figure()
    figure.add_scatter(
        x=[row.score.mean for row in rows], y=[row.supporter for row in rows], mode="markers",
        error_x={
            "array": [row.score.high - row.score.mean for row in rows],
            "arrayminus": [row.score.mean - row.score.low for row in rows],
        },
    )  # fmt: skip
    figure.update_layout(
        title="Mean final emotion with its 95% interval over profiles",
        xaxis_title="points", xaxis_range=[0, 100], template="plotly_white", font=FONT,
        margin={**MARGIN, "l": 220}, height=max(280, 34 * len(rows) + 160),
    )  # fmt: skip
    return figure
