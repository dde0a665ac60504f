from pathlib import Path

import pytest

from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.tracking.mlflow_tracker import (
    MlflowTracker,
    charts_path,
    default_store,
)
from esc_skills.experiments.tracking.search import SearchTracking
from esc_skills.experiments.work.evolve import evolve
from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.optimizers.events import Measured
from esc_skills.programs.models.failures import Outage
from esc_skills.signatures.rollouts import Spend

SETTINGS = {
    "name": "tiny",
    "threads": 2,
    "search.generations": 1,
    "search.train_rollouts": 6,
    "search.policy_trials": 0,
    "search.test_replicates": 1,
    "search.rule.max_pairs": 8,
}


@pytest.mark.parametrize(("cause", "status", "stopped"), [
    (Outage("the server at 10.0.0.1 is down"), "FAILED", "the server at 10.0.0.1 is down"),
    (KeyError(), "FAILED", "KeyError"),
    (KeyboardInterrupt(), "KILLED", "interrupted; the same command resumes"),
])  # fmt: skip
def test_the_run_of_a_search_that_breaks_off_says_why(tmp_path: Path, cause, status, stopped):
    import mlflow

    experiment = load_experiment(None, SETTINGS)
    tracking = SearchTracking(experiment, tmp_path / "tiny", MlflowTracker(tmp_path))
    tracking.fail(cause)
    assert not list(tmp_path.iterdir())  # it broke off before it began
    tracking(Measured(step=0, bank="b", score=Interval(low=1, mean=2, high=3, n=4), spend=Spend()))
    tracking.fail(cause)
    (run,) = mlflow.MlflowClient(default_store(tmp_path)).search_runs(["1"])
    assert run.info.status == status
    assert run.data.tags["stopped"] == stopped


def test_a_search_is_a_parent_run_with_a_child_for_each_challenge(tmp_path: Path):
    import mlflow

    directory = tmp_path / "tiny"
    experiment = load_experiment(None, SETTINGS)
    uri = default_store(tmp_path)
    client = mlflow.MlflowClient(uri)
    evolve(experiment, directory, [SearchTracking(experiment, directory, MlflowTracker(tmp_path))])
    # a second start of the same run replaces the first view
    again = SearchTracking(experiment, directory, MlflowTracker(tmp_path, uri))
    result = evolve(experiment, directory, [again])
    experiment_id = client.get_experiment_by_name("esc-skills").experiment_id  # type: ignore[union-attr]
    runs = client.search_runs([experiment_id])
    parents = [run for run in runs if run.data.tags["kind"] == "experiment"]
    children = [run for run in runs if run.data.tags["kind"] == "challenge"]
    assert len(parents) == 1
    assert len(children) == len(result.decisions)
    (parent,) = parents
    assert result.test is not None
    assert parent.data.metrics["gain/estimate"] == round(result.test.gain.mean, 4)
    assert {"gain/low", "gain/high", "score/estimate", "spend/calls"} <= parent.data.metrics.keys()
    assert parent.data.params["model"] == "rehearsal"
    assert parent.data.params["concurrency"] == "2 threads"
    assert {item.dataset.name for item in parent.inputs.dataset_inputs} == {  # type: ignore[union-attr]
        "train", "validation", "test",
    }  # fmt: skip
    paths = {f.path for f in client.list_artifacts(parent.info.run_id)}
    assert {"banks", "figures", "decisions.json", "config.json"} <= paths
    pictures = {f.path for f in client.list_artifacts(parent.info.run_id, "figures")}
    assert "figures/emotion-curves.html" in pictures
    assert experiment_id in charts_path(uri)
    traces = mlflow.search_traces(locations=[experiment_id], return_type="list")
    sessions = {trace.info.trace_metadata.get("mlflow.trace.session") for trace in traces}
    assert len(sessions) >= 6
