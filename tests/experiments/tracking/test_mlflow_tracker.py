from math import inf, nan
from pathlib import Path

import mlflow
import pytest

from esc_skills.experiments.tracking.mlflow_tracker import (
    LONGEST_TAG,
    MlflowTracker,
    charts_path,
    default_store,
)


@pytest.fixture
def client(tmp_path: Path) -> mlflow.MlflowClient:
    return mlflow.MlflowClient(default_store(tmp_path))


def test_numbers_are_rounded_and_those_that_are_not_finite_are_left_out(tmp_path, client):
    MlflowTracker(tmp_path).open_run("r", {}).metrics({"a": 1 / 3, "b": nan, "c": inf}, 5)
    (run,) = client.search_runs(["1"])
    assert run.data.metrics == {"a": 0.3333}
    assert [each.step for each in client.get_metric_history(run.info.run_id, "a")] == [5]


def test_names_and_lengths_that_mlflow_refuses_are_changed(tmp_path, client):
    MlflowTracker(tmp_path).open_run("r", {"why?": "x" * 9000}, {"(p)": 1}).metrics({"50%, yes": 1})
    (run,) = client.search_runs(["1"])
    assert run.data.metrics == {"50 percent_ yes": 1}
    assert run.data.params == {"_p_": "1"}
    assert run.data.tags["why_"] == "x" * LONGEST_TAG


@pytest.mark.parametrize("command", ["plain", "it's here", "with \"both\" 'marks'", "100%_\\n"])
def test_a_run_replaces_those_with_the_same_tag_and_their_children(tmp_path, client, command):
    tracker = MlflowTracker(tmp_path)
    other = tracker.open_run("other", {"command": command.replace("'", "_") + "!"}, {}, "command")
    for _ in range(2):
        run = tracker.open_run("run", {"command": command}, replaces="command")
        run.child("child", {})
    names = sorted(run.info.run_name for run in client.search_runs(["1"]))
    assert names == ["child", "other", "run"]
    assert client.get_run(other.id).info.lifecycle_stage == "active"


@pytest.mark.parametrize("status", ["finished", "failed", "killed"])
def test_the_status_says_how_a_run_ended(tmp_path, client, status):
    run = MlflowTracker(tmp_path).open_run("r", {})
    run.close(status)
    assert client.get_run(run.id).info.status == status.upper()


def test_pictures_need_no_network(tmp_path, client):
    from plotly.graph_objects import Figure

    run = MlflowTracker(tmp_path).open_run("r", {})
    run.figure("f.html", Figure)
    page = Path(client.download_artifacts(run.id, "f.html", str(tmp_path))).read_text()
    assert "plotly.js v" in page
    assert 'src="https://' not in page


def test_the_store_may_be_elsewhere(tmp_path):
    uri = f"sqlite:///{tmp_path}/elsewhere.db"
    MlflowTracker(tmp_path / "runs", uri).open_run("r", {}).close()
    assert not (tmp_path / "runs" / "mlflow.db").exists()
    assert charts_path(uri) != "/"
