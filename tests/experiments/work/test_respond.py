import json
from pathlib import Path

import pytest
from command_line import esc, refused

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.profiles import SAMPLE_CORPUS
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.tracking.mlflow_tracker import MlflowTracker, default_store
from esc_skills.experiments.tracking.records import responses_record, track
from esc_skills.experiments.work.respond import respond

EXPERIMENT = load_experiment(None, {"threads": 2})


def test_replies_are_scored_beside_real_ones_and_nothing_is_paid_twice(tmp_path: Path):
    first = respond([SAMPLE_CORPUS], EXPERIMENT, limit=3, to=tmp_path)
    assert first.conversations == 3
    assert first.spend.calls == 3 * first.scores.responses
    assert first.scores.strategy is not None
    again = respond([SAMPLE_CORPUS], EXPERIMENT, limit=3, to=tmp_path)
    assert again.spend.calls == 0
    assert again.scores == first.scores


def test_the_scores_are_logged_beside_the_searches(tmp_path: Path):
    import mlflow

    found = respond([SAMPLE_CORPUS], EXPERIMENT, limit=1)
    track(responses_record(found), MlflowTracker(tmp_path))
    (run,) = mlflow.MlflowClient(default_store(tmp_path)).search_runs(["1"])
    assert run.data.tags["kind"] == "responses"
    logged = run.data.metrics["meteor_exact_stem/mean"]
    assert logged == pytest.approx(found.scores.meteor_exact_stem.mean, abs=1e-4)
    assert run.data.metrics["bleu2"] == pytest.approx(found.scores.bleu2, abs=1e-4)


def test_a_corpus_without_a_turn_to_answer_is_refused(tmp_path: Path):
    path = tmp_path / "c.json"
    path.write_text(json.dumps([{"dialog": [{"speaker": "seeker", "content": "hello"}]}]))
    with pytest.raises(UserError, match="at least one supporter turn must be answered"):
        respond([path], EXPERIMENT)


def test_a_record_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path):
    records = json.loads(SAMPLE_CORPUS.read_text(encoding="utf-8"))[:2]
    records[1]["dialog"][0]["speaker"] = "nobody"
    (tmp_path / "c.json").write_text(json.dumps(records))
    shown = esc("responses", "c.json", cwd=tmp_path).stdout
    assert "1 records of the corpus could not be read: c.json, record 2: " in shown


def test_the_command_prints_json_and_refuses_what_is_not_there(tmp_path: Path):
    found = json.loads(esc("responses", SAMPLE_CORPUS, "--limit", 2, "--json", cwd=tmp_path).stdout)
    assert found["supporter"] == "rehearsal"
    assert found["scores"]["rouge_l"]["high"] > 0
    missing = esc("responses", "gone.json", "--to", "new", cwd=tmp_path)
    refused(missing, "gone.json", "does not exist")
    assert not (tmp_path / "new").exists()
    (tmp_path / "journal.jsonl").write_text("oops\n")
    damaged = esc("responses", SAMPLE_CORPUS, "--to", ".", cwd=tmp_path)
    refused(damaged, "journal.jsonl:1 must be a record of this program")
