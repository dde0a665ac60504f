"""Leaderboards as tracked runs: one run for each, with a child for every supporter."""

from collections.abc import Sequence
from functools import partial

from esc_skills.metrics.sage.leaderboard import Leaderboard, LeaderboardRow

from ..show.scoring_page import emotion_curves
from .tracker import TrackedRun, Tracker


def track_leaderboards(boards: Sequence[Leaderboard], tracker: Tracker) -> None:
    """Log every row and each leaderboard's picture."""
    for board in boards:
        common = {"simulator": board.simulator}
        run = tracker.open_run(
            f"leaderboard of {board.simulator}", {**common, "kind": "leaderboard"}
        )
        run.document("leaderboard.json", board.model_dump(mode="json"))
        run.figure("emotion-curves.html", partial(emotion_curves, board))
        for row in board.standings:
            _log(run.child(row.supporter, {**common, "kind": "score"}), row)
        run.close()


def _log(run: TrackedRun, row: LeaderboardRow) -> None:
    run.metrics(_values(row))
    for turn, emotion in enumerate(row.curve):
        run.metrics({"emotion": emotion}, turn)
    run.close()


def _values(row: LeaderboardRow) -> dict[str, float]:
    groups = {**row.characters, **row.intentions}
    return {
        "score/mean": row.score.mean,
        "score/low": row.score.low,
        "score/high": row.score.high,
        "ending/success": row.success,
        "ending/failure": row.failure,
        **{f"score/{name}": interval.mean for name, interval in groups.items()},
    }
