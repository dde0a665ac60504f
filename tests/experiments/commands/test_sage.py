import json
from pathlib import Path

import pytest
from command_line import config, esc, refused
from transcript_files import published, write

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.transcripts import read_transcripts
from esc_skills.experiments.show.report import write_report
from esc_skills.experiments.work.score import count_faults
from esc_skills.metrics.sage.leaderboard import leaderboards


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    good = [published(10, 10, seeker=f"s{n}") for n in range(4)]
    bad = [published(-10, -5, seeker=f"s{n}") for n in range(4)]
    write(tmp_path / "judge-simulator.good.jsonl", *good)
    write(tmp_path / "judge-simulator.bad.jsonl", *bad)
    write(tmp_path / "other-simulator.bad.jsonl", *good)
    return tmp_path


def test_score_prints_a_leaderboard_for_each_simulator_writes_a_page_and_logs(folder: Path):
    result = esc("sage", "score", ".", "--html", "page.html", "--tracking", "mlflow", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert "SAGE score, simulator judge" in result.stdout
    assert "SAGE score, simulator other" in result.stdout
    assert "Scores of different simulators are not comparable" in result.stdout
    page = (folder / "page.html").read_text()
    assert "good (60.0)" in page
    assert page.count("plotly.js v") <= 1

    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{folder / 'runs' / 'mlflow.db'}")
    found = client.search_runs(["1"], "tags.kind = 'score'")
    scores = {
        (run.data.tags["simulator"], run.info.run_name): run.data.metrics["score/mean"]
        for run in found
    }
    assert scores == {("judge", "good"): 60, ("judge", "bad"): 25, ("other", "bad"): 60}


def test_score_prints_json_for_scripts(folder: Path):
    boards = json.loads(esc("sage", "score", ".", "--json", cwd=folder).stdout)
    assert [board["simulator"] for board in boards] == ["judge", "other"]
    (difference,) = boards[0]["differences"]
    assert (difference["better"], difference["points"]["mean"]) == ("good", 35)


def test_our_own_rollouts_and_runs_are_scored_and_counted_and_reports_carry_the_counts(
    tmp_path: Path,
):
    out = "rehearsal-simulator.empty bank.jsonl"
    evaluated = json.loads(
        esc("evaluate", "--limit", 3, "--out", out, "--json", cwd=tmp_path).stdout
    )
    esc("evolve", "--config", config(tmp_path), "--run", "run", cwd=tmp_path)
    before = (tmp_path / "run" / "journal.jsonl").read_bytes()
    transcripts = list(read_transcripts([tmp_path / out, tmp_path / "run"]))
    (board,) = leaderboards(transcripts)
    assert board.simulator == "rehearsal"
    assert {row.supporter for row in board.standings} >= {"empty bank", "run/bank 00"}
    counted = count_faults(transcripts)
    assert all(row.total == 0 and row.unchecked == 0 for row in counted.values())
    assert evaluated["quality"]["counts"] == counted["rehearsal", "empty bank"].counts
    assert (tmp_path / "run" / "journal.jsonl").read_bytes() == before
    write_report(tmp_path / "run", tmp_path / "report.html")
    assert "Faults of the simulation" in (tmp_path / "report.html").read_text()


def test_a_run_that_still_goes_on_is_read_up_to_its_torn_last_line(tmp_path: Path):
    esc("evolve", "--config", config(tmp_path), "--run", "run", cwd=tmp_path)
    (tmp_path / "run" / "result.json").unlink()
    journal = tmp_path / "run" / "journal.jsonl"
    whole = len(list(read_transcripts([tmp_path / "run"])))
    journal.write_bytes(journal.read_bytes() + b'{"key": "x", "rec')
    assert len(list(read_transcripts([tmp_path / "run"]))) == whole > 0
    journal.write_bytes(b"torn\n" + journal.read_bytes())
    with pytest.raises(UserError, match=r"journal.jsonl, line 1: must be JSON"):
        list(read_transcripts([tmp_path / "run"]))


def test_quality_prints_the_counts_and_quotes_examples(folder: Path):
    record = published(-10, -10, -10, -5, seeker="s9")
    record["history"][4]["content"] = "NPC说得对"
    write(folder / "judge-simulator.bad.jsonl", record)
    result = esc("sage", "quality", "judge-simulator.bad.jsonl", cwd=folder)
    assert "Faults, simulator judge" in result.stdout
    assert "character break: 'NPC' (with bad, seeker s9, turn 3)" in result.stdout


def test_bad_transcripts_are_one_sentence_and_exit_code_2(tmp_path: Path):
    refused(esc("sage", "score", "gone", cwd=tmp_path), "gone must be a file or directory")
