import json
from pathlib import Path

import pytest

from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.tracking.mlflow_tracker import MlflowTracker, default_store
from esc_skills.experiments.tracking.records import judges_record, track
from esc_skills.experiments.work.evaluate import evaluate


def test_what_judges_say_is_a_run_with_means_and_intervals(tmp_path: Path):
    import mlflow

    found = evaluate(
        load_experiment(None, {"threads": 2}),
        limit=3,
        turns=4,
        judges=("support", "preference"),
    )
    record = judges_record(found)
    track(record, MlflowTracker(tmp_path))
    client = mlflow.MlflowClient(default_store(tmp_path))
    (run,) = client.search_runs(["1"])
    assert run.data.tags["kind"] == "evaluation"
    assert run.data.tags["judge"] == "rehearsal"
    assert run.data.metrics == pytest.approx(record.metrics, abs=1e-4)
    support = {f"support/fluency/{bound}" for bound in ("mean", "low", "high")}
    assert support | {"support/all/mean", "support/failed"} <= run.data.metrics.keys()
    assert "preference/all/mean" not in run.data.metrics  # nothing to compare with
    path = client.download_artifacts(run.info.run_id, "judges.json", str(tmp_path))
    assert len(json.loads(Path(path).read_text())["judges"]) == 2
