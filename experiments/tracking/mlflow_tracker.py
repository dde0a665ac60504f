"""MLflow as a tracker: the store beside the run directories, and how MLflow wants its values."""

import getpass
import json
import logging
import math
import os
import platform
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esc_skills.signatures.frozen import content_hash

from .tracker import Status

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from plotly.graph_objects import Figure

EXPERIMENT = "esc-skills"
"""The MLflow experiment that holds all runs."""
USER = "mlflow.user"
"""The tag that MLflow shows as the user of a run."""
LONGEST_TAG = 5000
"""Characters that every MLflow store keeps of a tag's value."""
MOST_RUNS = 50_000
"""Runs that one search in MLflow can give."""


def default_store(runs: Path) -> str:
    """The tracking address of the store beside the run directories, which are made if need be."""
    runs.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{runs.resolve() / 'mlflow.db'}"


class MlflowTracker:
    """Logs runs to MLflow; connects with the first run.

    Args:
        runs: Where the run directories are; artifacts of a new store lie beside them, those of a
            server where the server keeps them.
        uri: The tracking address; by default that of the store beside the run directories.
    """

    def __init__(self, runs: Path, uri: str | None = None) -> None:
        self._runs, self._uri = runs, uri

    def open_run(
        self,
        name: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
        replaces: str | None = None,
    ) -> "MlflowRun":
        """Open a run; see `Tracker`."""
        client, experiment = self._store
        tags = {**tags, USER: _author()}
        if replaces is not None:
            _remove(client, experiment, replaces, _stored(tags)[replaces])
        return MlflowRun(client, experiment, name, tags, params)

    @cached_property
    def _store(self) -> "tuple[MlflowClient, str]":
        """A client of the store, and the id of our experiment there."""
        # both are read when mlflow is imported: a run ends with all its traces, and asks no network
        os.environ.setdefault("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # twice a challenge
        import mlflow

        for name in ("alembic", "mlflow.store.db.utils"):
            logging.getLogger(name).setLevel(logging.ERROR)
        uri = self._uri or default_store(self._runs)
        client = mlflow.MlflowClient(uri)
        if found := client.get_experiment_by_name(EXPERIMENT):
            experiment: str = found.experiment_id
        else:
            # a server has its own place for artifacts, which everyone can read
            artifacts = (self._runs / "mlartifacts").resolve().as_uri()
            place = None if uri.startswith("http") else artifacts
            experiment = client.create_experiment(EXPERIMENT, artifact_location=place)
        # traces have no client of their own: they go where the module is told
        mlflow.set_tracking_uri(uri)
        mlflow.set_experiment(experiment_id=experiment)
        return client, experiment


class MlflowRun:
    """A run in MLflow; see `TrackedRun`.

    Args:
        client: Of its store.
        experiment: Id of the MLflow experiment that holds it.
        name: Its name.
        tags: What it is.
        params: What was set, by name.
    """

    def __init__(
        self,
        client: "MlflowClient",
        experiment: str,
        name: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
    ) -> None:
        from mlflow.entities import Param

        self._client, self._experiment = client, experiment
        named = {"mlflow.runName": name, **_stored(tags)}
        self.id: str = client.create_run(experiment, tags=named).info.run_id
        if params:
            given = [Param(_legal(key), str(value)) for key, value in params.items()]
            client.log_batch(self.id, params=given)

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Log the finite numbers, to four digits after the point."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [
            Metric(_legal(name), round(float(value), 4), now, step)
            for name, value in values.items()
            if math.isfinite(value)
        ]
        self._client.log_batch(self.id, metrics=metrics)

    def tags(self, values: Mapping[str, str]) -> None:
        """Set tags."""
        for name, value in _stored(values).items():
            self._client.set_tag(self.id, name, value)

    def rename(self, name: str) -> None:
        """Give the run another name."""
        self._client.set_tag(self.id, "mlflow.runName", name)

    def document(self, name: str, data: Mapping[str, Any]) -> None:
        """Store JSON data as an artifact."""
        self._client.log_dict(self.id, dict(data), name)

    def text(self, name: str, text: str) -> None:
        """Store text as an artifact."""
        self._client.log_text(self.id, text, name)

    def table(self, name: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Store a table, which MLflow shows as one."""
        rows = {title: list(column) for title, column in columns.items()}
        self._client.log_table(self.id, rows, name)

    def figure(self, name: str, draw: "Callable[[], Figure]") -> None:
        """Store a page with the picture."""
        # plotly.js goes into the file: its usual network address is blank offline
        self._client.log_figure(self.id, draw(), name, save_kwargs={"include_plotlyjs": True})

    def dataset(self, name: str, ids: Sequence[str], source: str) -> None:
        """Log a dataset input of the run."""
        from mlflow.entities import Dataset, DatasetInput, InputTag

        dataset = Dataset(
            name=name,
            digest=content_hash(list(ids)),
            source_type="local",
            source=json.dumps({"uri": source}),
            schema=json.dumps({"mlflow_colspec": [{"type": "string", "name": "profile"}]}),
            profile=json.dumps({"num_rows": len(ids)}),
        )
        entity = DatasetInput(dataset, [InputTag("mlflow.data.context", name)])
        self._client.log_inputs(self.id, [entity])

    def trace(
        self, session: str, asked: str, answered: str, details: Mapping[str, Any], **tags: str
    ) -> None:
        """Store an exchange as a trace; MLflow shows the traces of a session as a conversation."""
        import mlflow

        with mlflow.start_span(name="reply") as span:
            span.set_inputs(asked)
            span.set_outputs(answered)
            span.set_attributes(dict(details))
            mlflow.update_current_trace(
                tags=tags,
                metadata={"mlflow.trace.session": session, "mlflow.sourceRun": self.id},
            )

    def child(
        self,
        name: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
        note: str = "",
    ) -> "MlflowRun":
        """Open a run that MLflow shows below this one."""
        own = {"mlflow.parentRunId": self.id, **tags}
        if note:
            own["mlflow.note.content"] = note
        return MlflowRun(self._client, self._experiment, name, own, params)

    def close(self, status: Status = "finished") -> None:
        """End the run."""
        self._client.set_terminated(self.id, status.upper())


def charts_path(uri: str) -> str:
    """Where the MLflow pages show the experiments' runs as charts, sorted by gain."""
    import mlflow

    found = mlflow.MlflowClient(uri).get_experiment_by_name(EXPERIMENT)
    if found is None:
        return "/"
    query = "tags.kind%3D%22experiment%22"
    return (
        f"/#/experiments/{found.experiment_id}/runs?workflowType=machine_learning"
        f"&compareRunsMode=CHART&searchFilter={query}&orderByKey=metrics.%60gain%2Festimate%60"
        "&orderByAsc=false&startTime=ALL&lifecycleFilter=Active"
    )


def _remove(client: "MlflowClient", experiment: str, tag: str, value: str) -> None:
    """Delete our own runs with that value of a tag, and their children."""
    # MLflow's filters cannot escape a quotation mark: its wildcard stands for one
    like = value.replace("'", "_")
    for run in client.search_runs([experiment], f"tags.`{tag}` LIKE '{like}'"):
        if run.data.tags[tag] == value and run.data.tags.get(USER, _author()) == _author():
            children = f"tags.mlflow.parentRunId = '{run.info.run_id}'"
            for each in (run, *client.search_runs([experiment], children, max_results=MOST_RUNS)):
                client.delete_run(each.info.run_id)


def _author() -> str:
    """Who runs this, and where: on a server, others may have a run directory of the same name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may have no such user
        user = "unknown"
    return f"{user}@{platform.node()}"


def _legal(name: str) -> str:
    """A name that MLflow takes: it refuses most signs."""
    return re.sub(r"[^\w/.\- :]", "_", name.replace("%", " percent"))


def _stored(tags: Mapping[str, str]) -> dict[str, str]:
    return {_legal(name): value[:LONGEST_TAG] for name, value in tags.items()}
