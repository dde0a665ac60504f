"""Leaderboards as MLflow runs: one run a supporter, tagged with its simulator."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from esc_skills.metrics.sage.leaderboard import Leaderboard, LeaderboardRow

from ..show.scoring_page import emotion_curves
from .store import default_store, open_experiment

if TYPE_CHECKING:
    from mlflow import MlflowClient


def log_leaderboards(boards: Sequence[Leaderboard], runs: Path) -> str:
    """Log every row and each leaderboard's picture to the store beside the run directories.

    Returns:
        The tracking address.
    """
    uri = default_store(runs)
    client, experiment = open_experiment(uri, runs)
    for board in boards:
        _log(client, experiment, board)
    return uri


def _log(client: "MlflowClient", experiment: str, board: Leaderboard) -> None:
    """One leaderboard as a run, with a child for each supporter."""
    common = {"simulator": board.simulator}
    title = f"leaderboard of {board.simulator}"
    tags = {**common, "kind": "leaderboard", "mlflow.runName": title}
    parent = client.create_run(experiment, tags=tags).info.run_id
    client.log_dict(parent, board.model_dump(mode="json"), "leaderboard.json")
    # plotly.js goes into the file: its usual network address is blank offline
    picture = emotion_curves(board)
    client.log_figure(
        parent, picture, "emotion-curves.html", save_kwargs={"include_plotlyjs": True}
    )
    for row in board.standings:
        names = {"mlflow.parentRunId": parent, "mlflow.runName": row.supporter}
        tags = {**common, **names, "kind": "score"}
        run = client.create_run(experiment, tags=tags).info.run_id
        for name, value in _values(row).items():
            client.log_metric(run, name, value)
        for step, emotion in enumerate(row.curve):
            client.log_metric(run, "emotion", emotion, step=step)
        client.set_terminated(run)
    client.set_terminated(parent)


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
