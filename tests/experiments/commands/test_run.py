import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import COMMAND, config, esc, refused
from fakes import Endpoint, serve


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("finished")
    result = esc("evolve", "--config", config(directory), "--run", "run", cwd=directory)
    assert result.returncode == 0, result.stderr
    return directory


def test_help_names_every_command(tmp_path):
    done = subprocess.run(
        [*COMMAND, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    text = done.stdout
    names = "demo mine profiles evolve evaluate sage responses compare report export serve chat ui"
    for name in [*names.split(), "doctor"]:
        assert f" {name} " in text
        assert esc(name, "--help", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evolve", "--model", "nonsense"], ["must be PROVIDER/NAME", "'nonsense'"]),
        (["evolve", "--profiles", "gone.jsonl"], ["gone.jsonl", "does not exist"]),
        (["evolve", "--rollouts", "0"], ["budget.rollouts", "greater than or equal to 1"]),
        (["evolve", "--calls", "50"], ["the budget must hold the sealed test"]),
        (["evaluate", "--bank", "gone.json"], ["the bank gone.json must be readable"]),
        (["mine", "gone.json"], ["gone.json", "does not exist"]),
        (["report", "gone"], ["gone must be a run directory"]),
        (["export", "gone"], ["gone must be a run directory"]),
        (["chat", "gone"], ["gone must be an export or a run directory"]),
        (["ui", "--runs", "gone"], ["there are no runs yet"]),
        (["evaluate", "--turns", "11"], ["--turns", "less than or equal to 10"]),
        (["evaluate", "--turns", "many"], ["--turns", "valid integer"]),
        (["evaluate", "--repliates", "2"], ["No such option", "--replicates"]),
        (["profiles", "propose"], ["Missing option '--to'"]),
        (["evalute"], ["No such command 'evalute'", "evaluate"]),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(tmp_path, arguments, words):
    refused(esc(*arguments, cwd=tmp_path), *words)


@pytest.mark.parametrize("arguments", [
    ["evaluate", "--limit", "1", "--out", "there"],
    ["profiles", "propose", "--to", "there"],
    ["surrogate", "fit", "gone.jsonl", "--to", "there"],
    ["seekers", "calibrate", "--against", "gone.json", "--to", "there"],
])  # fmt: skip
def test_where_nothing_can_be_written_nothing_is_paid_and_nothing_left(tmp_path, arguments):
    (tmp_path / "there").mkdir()
    refused(esc(*arguments, cwd=tmp_path), "there must be usable, but: Is a directory")
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_a_group_of_commands_alone_prints_its_help(tmp_path):
    result = esc("sage", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (2, "")
    assert "leaderboard" in result.stdout


def test_an_unknown_key_in_the_configuration_is_named_with_the_likely_one(tmp_path):
    path = config(tmp_path, search={"generatons": 3})
    refused(
        esc("evolve", "--config", path, cwd=tmp_path),
        "no entry 'search.generatons'",
        "Did you mean 'generations'?",
    )


@pytest.mark.parametrize(
    ("skills", "words"),
    [
        (["a", "a"], ["skill names must be unique, but a repeats"]),
        (["x" * 10_000], ["skills.0.name", "at most 64 characters"]),
    ],
)
def test_a_bad_bank_is_named_with_its_field(tmp_path, skills, words):
    entries = [{"name": name, "when_to_use": "w", "guidance": "g"} for name in skills]
    (tmp_path / "bank.json").write_text(json.dumps({"skills": entries}))
    refused(esc("evaluate", "--bank", "bank.json", cwd=tmp_path), *words)


def test_a_missing_key_is_named_before_anything_is_spent(tmp_path):
    result = esc(
        "evaluate", "--model", "openai/gpt-4.1-mini", "--limit", 1, cwd=tmp_path, OPENAI_API_KEY=""
    )
    refused(result, "openai/gpt-4.1-mini", "must answer")


def test_an_endpoint_that_is_down_is_named(tmp_path):
    result = esc(
        "evolve", "--config", config(tmp_path, model={"retries": 0}), "--model", "openai/x",
        "--api-base", "http://127.0.0.1:9/v1", cwd=tmp_path,
    )  # fmt: skip
    refused(result, "openai/x", "must answer", "esc-skills doctor")


def test_a_garbage_endpoint_gives_no_score(tmp_path):
    with serve(Endpoint(lambda number: (200, "Lorem ipsum", 0))) as api_base:
        result = esc(
            "evaluate", "--model", "openai/x", "--api-base", api_base, "--limit", 1, cwd=tmp_path
        )
    refused(result, "at least one dialogue must be played to its end", "Lorem ipsum")


def test_a_run_directory_of_another_version_or_experiment_is_left_alone(finished):
    marker = finished / "run" / "run.json"
    path = config(finished, seed=7)
    refused(
        esc("evolve", "--config", path, "--run", "run", cwd=finished),
        "must hold this experiment, but holds one that differs in seed",
    )
    before = marker.read_text()
    marker.write_text(before.replace('"format": 1', '"format": 99'))
    refused(esc("report", "run", cwd=finished), "must be a run of format 1, but is of format 99")
    marker.write_text(before)


def test_a_full_disk_is_named_and_nothing_is_lost(tmp_path):
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000));"
        "sys.argv[0] = 'esc-skills'; from esc_skills.experiments.cli import main; main()"
    )
    arguments = ["evolve", "--config", str(config(tmp_path)), "--run", "run"]
    full = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert full.returncode == 2, full.stderr
    assert "must be usable, but: File too large. What was finished is kept." in full.stderr
    kept = (tmp_path / "run" / "journal.jsonl").read_bytes()
    whole = kept[: kept.rfind(b"\n") + 1]
    assert esc(*arguments, cwd=tmp_path).returncode == 0
    assert (tmp_path / "run" / "journal.jsonl").read_bytes().startswith(whole)


def test_a_peer_evolves_by_the_same_command_and_its_run_is_reported(tmp_path):
    arguments = ("--config", config(tmp_path), "--run", "run", "--rollouts", 40, "--json")
    result = esc("evolve", "--optimizer", "gepa", *arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["spend"]["rollouts"] <= 40
    assert esc("report", "run", cwd=tmp_path).returncode == 0
    refused(esc("evolve", "--optimizer", "magic", *arguments, cwd=tmp_path), "optimizer", "miprov2")


def test_profiles_are_validated_listed_and_split(tmp_path):
    assert "24 profiles are valid" in esc("profiles", "validate", cwd=tmp_path).stdout
    listed = json.loads(esc("profiles", "list", "--json", cwd=tmp_path).stdout)
    assert "hidden_intention" not in listed[0]
    esc("profiles", "split", "--to", "parts", cwd=tmp_path)
    sizes = [len(p.read_text().splitlines()) for p in sorted((tmp_path / "parts").iterdir())]
    assert sum(sizes) == 24


def test_a_finished_run_is_reported_compared_exported_and_talked_to(finished):
    assert esc("report", "run", cwd=finished).returncode == 0
    page = (finished / "run" / "report.html").read_text()
    assert "Sealed" in page or "points gained" in page
    assert "cdn.plot.ly" not in page.split("<script", 1)[0]
    assert (
        "Neither run is significantly better" in esc("compare", "run", "run", cwd=finished).stdout
    )
    assert esc("export", "run", "--to", "out", cwd=finished).returncode == 0
    assert not list((finished / "out").rglob("*.pkl"))
    talk = subprocess.run(
        [*COMMAND, "chat", "out"],
        cwd=finished, input="I had a hard day.\n\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert talk.returncode == 0, talk.stderr
    assert "supporter" in talk.stdout


def test_doctor_makes_a_real_call(tmp_path):
    found = json.loads(esc("doctor", "--json", cwd=tmp_path).stdout)
    assert found["models"][0]["ok"]
    assert found["simulator"] is None
    assert found["spend"]["calls"] > 6


def test_doctor_prints_the_tokens_of_the_prompts_and_asks_nothing(tmp_path):
    found = json.loads(esc("doctor", "--tokens", "--json", cwd=tmp_path).stdout)
    assert found["static"]["AppraiseReply"] > 200
    assert [row["calls"] for row in found["dialogue"]] == [9, 9, 9, 9]


def test_evaluate_prints_json_for_scripts(tmp_path):
    result = esc("evaluate", "--limit", 2, "--json", cwd=tmp_path)
    found = json.loads(result.stdout)
    assert found["simulator"] == "rehearsal"
    assert found["summary"]["rollouts"] == 2


class Mortal(Endpoint):
    """Dies after so many answers; may come back."""

    def __init__(self, answers: float) -> None:
        super().__init__(lambda number: (200, None, 0) if number < answers else (503, "gone", 0))


@pytest.mark.parametrize("optimizer", ["evolution", "gepa", "random"])
def test_a_server_that_dies_ends_the_command_and_the_same_command_goes_on(tmp_path, optimizer):
    path = config(tmp_path, model={"retries": 0, "outage_after": 0.2}, budget={"rollouts": 40})
    endpoint = Mortal(120)
    with serve(endpoint) as api_base:
        at_home = ["evolve", "--config", path, "--run", "run", "--optimizer", optimizer]
        at_home += ["--model", "openai/x", "--api-base", api_base]
        died = esc(*at_home, cwd=tmp_path)
        assert died.returncode == 3, died.stderr
        sentence = died.stderr.strip().splitlines()[-1]
        assert "the model openai/x at 127.0.0.1" in sentence
        assert "the same command resumes" in sentence
        assert "Traceback" not in died.stderr + died.stdout
        assert not list(tmp_path.rglob("result.json"))
        journal = tmp_path / "run" / "journal.jsonl"
        paid = answered(journal)
        endpoint.behave = lambda number: (200, None, 0)
        done = esc(*at_home, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    later = answered(journal)
    assert len(paid) > 10
    assert later[: len(paid)] == paid
    assert len(later) == len(set(later))


def answered(journal: Path) -> list[str]:
    """Keys of what was paid and answered."""
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    return [line["key"] for line in lines if line["record"].get("answer", True) is not None]


@pytest.mark.parametrize("arguments", [
    ("--calls", 50),
    ("--bank", "gone.json"),
    ("--profiles", "gone.jsonl"),
    ("--model", "nonsense"),
    ("--tracking", "mlfow"),
    ("--tracking", "nowhere:Tracker"),
])  # fmt: skip
def test_a_refused_search_leaves_no_run_and_no_directory_that_blocks_the_next(tmp_path, arguments):
    path = config(tmp_path, tracking="mlflow")
    refused(esc("evolve", "--config", path, *arguments, cwd=tmp_path))
    left = [each.name for each in tmp_path.rglob("*") if each.is_file()]
    assert left == ["config.yaml"]
    assert not (tmp_path / "runs" / "evolve").exists()
