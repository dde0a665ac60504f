"""Tournaments in MLflow: a run for the summary, with a child run for every contest."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..bench.match import Score
from ..bench.summary import OptimizerSummary
from ..bench.tables import COSTS, GAINS, cost_cells, curves, gain_cells
from ..bench.tournament import Plan
from .store import default_store, open_experiment

if TYPE_CHECKING:
    from mlflow import MlflowClient


def log_tournament(
    plan: Plan, scores: Sequence[Score], rows: Sequence[OptimizerSummary], runs: Path
) -> str:
    """Log a tournament to the store beside the run directories; it replaces an earlier view of it.

    Returns:
        The tracking address.
    """
    uri = default_store(runs)
    client, experiment = open_experiment(uri, runs)
    _drop_earlier_view(client, experiment, plan)
    tags = {"kind": "tournament", "command": plan.command, "mlflow.runName": _title(plan)}
    parent = client.create_run(experiment, tags=tags).info.run_id
    _log_standings(client, parent, scores, rows)
    for score in scores:
        _log_contest(client, experiment, parent, score)
    client.set_terminated(parent)
    return uri


def _title(plan: Plan) -> str:
    what = "ablations" if len(plan.missing) > 1 else f"{len(plan.optimizers)} optimizers"
    return f"{what} in {', '.join(plan.worlds)}, {plan.seeds} seeds"


def _drop_earlier_view(client: "MlflowClient", experiment: str, plan: Plan) -> None:
    for run in client.search_runs([experiment], f"tags.command = '{plan.command}'"):
        children = f"tags.mlflow.parentRunId = '{run.info.run_id}'"
        for child in client.search_runs([experiment], children, max_results=50_000):
            client.delete_run(child.info.run_id)
        client.delete_run(run.info.run_id)


def _log_standings(
    client: "MlflowClient", run: str, scores: Sequence[Score], rows: Sequence[OptimizerSummary]
) -> None:
    """Log the printed tables, all figures, and the curves."""
    for name, columns, cells in (("gains", GAINS, gain_cells), ("costs", COSTS, cost_cells)):
        table = {
            "world": [row.world for row in rows],
            "budget": [row.calls for row in rows],
            **{column: [cells(row)[place] for row in rows] for place, column in enumerate(columns)},
        }
        client.log_table(run, table, f"{name}.json")
    client.log_dict(run, {"standings": [row.model_dump(mode="json") for row in rows]}, "all.json")
    # plotly.js goes into the file: its usual network address is blank offline
    client.log_figure(run, curves(scores), "curves.html", save_kwargs={"include_plotlyjs": True})
    values = {f"{row.world}/{row.calls}/{row.optimizer}": row.gain.mean for row in rows}
    _batch(client, run, values, {})


def _log_contest(client: "MlflowClient", experiment: str, parent: str, score: Score) -> None:
    entry = score.entry
    tags = {
        "kind": "contest",
        "mlflow.parentRunId": parent,
        "mlflow.runName": f"{entry.name}, {entry.world}, {entry.calls} calls, seed {entry.seed}",
    }
    run = client.create_run(experiment, tags=tags).info.run_id
    params = {
        "method": entry.name,
        "world": entry.world,
        "seed": str(entry.seed),
        "budget": str(entry.calls),
    }
    _batch(client, run, _values(score), params)
    client.set_terminated(run)


def _values(score: Score) -> dict[str, float]:
    """The figures of a contest; a share never reached has no value."""
    values = {
        "gain/true": score.gain,
        "gain/true in population": score.population_gain,
        "gain/attainable": score.attainable - score.first,
        "spend/calls": score.calls,
        "spend/rollouts": score.rollouts,
        "seconds": score.seconds,
        "groups harmed": score.groups_worse,
        "edits accepted": len(score.steps),
    }
    if score.reported is not None:
        reported = score.reported
        values |= {
            "gain/reported": reported.mean,
            "gain/reported low": reported.low,
            "gain/reported high": reported.high,
        }
        if score.steps:
            values["covered"] = float(reported.low <= score.population_gain <= reported.high)
    if score.alarms is not None:
        values["alarms"] = len(score.alarms)
    for share in (0.5, 0.9):
        step = score.reach(share)
        if step is not None:
            values |= {
                f"calls to {share:.0%}": step.calls,
                f"rollouts to {share:.0%}": step.rollouts,
            }
    return {name.replace("%", " percent"): value for name, value in values.items()}


def _batch(
    client: "MlflowClient", run: str, values: dict[str, float], params: dict[str, str]
) -> None:
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    client.log_batch(
        run,
        metrics=[Metric(name, round(float(value), 4), now, 0) for name, value in values.items()],
        params=[Param(name, value) for name, value in params.items()],
    )
