"""What judges said of an evaluation, as an MLflow run beside those of the searches."""

import logging
import os
from pathlib import Path

from .evaluating import Evaluation
from .tracking import EXPERIMENT, default_store


def log_judges(evaluation: Evaluation, runs: Path) -> str:
    """Log the judges' means with their intervals, and all they said as `judges.json`.

    Args:
        evaluation: An evaluation that judges were asked about.
        runs: The directory whose store takes the run.

    Returns:
        The id of the MLflow run.
    """
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import mlflow

    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.ERROR)
    client = mlflow.MlflowClient(default_store(runs))
    found = client.get_experiment_by_name(EXPERIMENT)
    place = (runs / "mlartifacts").resolve().as_uri()
    experiment_id = (
        found.experiment_id
        if found
        else client.create_experiment(EXPERIMENT, artifact_location=place)
    )
    tags = {
        "kind": "evaluation",
        "bank": evaluation.bank,
        "simulator": evaluation.simulator,
        "judge": evaluation.judges[0].model,
        "mlflow.runName": f"judges {evaluation.bank[:8]}",
    }
    run_id: str = client.create_run(experiment_id, tags=tags).info.run_id
    for name, value in figures_of(evaluation).items():
        client.log_metric(run_id, name, value)
    said = [summary.model_dump(mode="json") for summary in evaluation.judges]
    client.log_dict(run_id, {"judges": said}, "judges.json")
    client.set_terminated(run_id)
    return run_id


def figures_of(evaluation: Evaluation) -> dict[str, float]:
    """The figures by metric name: JUDGE/DIMENSION/mean, low, high; and how many are missing."""
    figures: dict[str, float] = {"score/mean": evaluation.summary.score.mean}
    for summary in evaluation.judges:
        figures[f"{summary.judge}/failed"] = float(summary.failed)
        named = dict(summary.scores)
        if summary.overall is not None:
            named["all"] = summary.overall
        for dimension, interval in named.items():
            for bound in ("mean", "low", "high"):
                value = float(getattr(interval, bound))
                figures[f"{summary.judge}/{dimension}/{bound}"] = round(value, 4)
    return figures
