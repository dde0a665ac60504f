"""The MLflow store beside the run directories, and the experiment that holds everything we log."""

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "esc-skills"


def default_store(runs: Path) -> str:
    """The tracking address of the store beside the run directories, which are made if need be."""
    runs.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{runs.resolve() / 'mlflow.db'}"


def open_experiment(uri: str, runs: Path) -> "tuple[MlflowClient, str]":
    """A client of a store, and the id of our experiment there.

    Args:
        uri: The tracking address.
        runs: Where the run directories are; artifacts of a new experiment lie beside them.
    """
    # both are read when mlflow is imported: a run ends with all its traces, and asks no network
    os.environ.setdefault("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import mlflow

    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.ERROR)
    client = mlflow.MlflowClient(uri)
    if found := client.get_experiment_by_name(EXPERIMENT):
        return client, found.experiment_id
    artifacts = (runs / "mlartifacts").resolve().as_uri()
    return client, client.create_experiment(EXPERIMENT, artifact_location=artifacts)
