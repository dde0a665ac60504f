from pathlib import Path

from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.tracking.mlflow_tracker import (
    MlflowTracker,
    charts_path,
    default_store,
)
from esc_skills.experiments.tracking.search import SearchTracking
from esc_skills.experiments.work.evolve import evolve

SETTINGS = {
    "name": "tiny",
    "threads": 2,
    "search.generations": 1,
    "search.train_rollouts": 6,
    "search.policy_trials": 0,
    "search.test_replicates": 1,
    "search.rule.max_pairs": 8,
}


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
