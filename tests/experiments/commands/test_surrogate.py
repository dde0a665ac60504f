import json
from pathlib import Path
from typing import Any

import pytest
from command_line import esc, refused
from transcript_files import published, write

CHANGES = ((5, -5, 5), (-5, 10, -5), (10, 5, -5), (-10, 5, 5))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("published")
    for shift, supporter in enumerate(("a", "b", "c")):
        rows = [published(*CHANGES[(n + shift) % 4], seeker=f"s{n}") for n in range(8)]
        write(place / f"judge-simulator.{supporter}.jsonl", *rows)
    result = esc("surrogate", "fit", ".", "--to", "s.json", "--json", cwd=place)
    assert result.returncode == 0, result.stderr
    (place / "fit.out").write_text(result.stdout)
    return place


def test_fit_reports_each_split_beside_the_state_alone(folder: Path):
    report = json.loads((folder / "fit.out").read_text())
    assert {(row["split"], row["sees"]) for row in report["accuracies"]} == {
        (split, sees)
        for split in ("profiles unseen", "supporters unseen", "both unseen")
        for sees in ("state", "all")
    }
    assert {row["replies"] for row in report["accuracies"]} == {"all", "first"}
    assert {cut["sees"] for cut in report["cuts"]} == {"state", "all"}
    assert report["surrogate"]["simulators"] == ["judge"]


def test_the_file_is_data_not_code(folder: Path):
    saved = json.loads((folder / "s.json").read_text())
    assert all(isinstance(weight, float) for weight in saved["surrogate"]["later"]["weights"])


def test_check_names_a_source_that_strays_and_the_simulator_it_has_not_learnt(folder: Path):
    rows = [published(-10, -10, -9, seeker=f"s{n}") for n in range(12)]
    strange = write(folder / "strange-simulator.d.jsonl", *rows)
    result = esc("surrogate", "check", "s.json", strange, cwd=folder)
    assert result.returncode == 0, result.stderr
    assert "Actual and predicted appraisals" in result.stdout
    assert "No training data: simulator strange" in result.stdout
    found = json.loads(esc("surrogate", "check", "s.json", strange, "--json", cwd=folder).stdout)
    assert found["strangers"] == ["strange"]
    assert found["alarms"][0]["stray"]["level"] < -2
    strange.unlink()


def test_a_users_mistake_is_one_sentence(folder: Path, tmp_path: Path):
    one = write(tmp_path / "judge-simulator.a.jsonl", published(5, seeker="s1"))
    refused(esc("surrogate", "fit", one, cwd=tmp_path), "5 seekers", "got 1")
    refused(esc("surrogate", "check", one, one, cwd=tmp_path), "must be a surrogate")
    refused(esc("surrogate", "check", "none.json", one, cwd=tmp_path), "none.json")


def test_a_surrogate_is_not_tested_on_what_it_was_fitted_on(folder: Path):
    result = esc("surrogate", "check", "s.json", "judge-simulator.a.jsonl", cwd=folder)
    refused(result, "others than the surrogate was fitted on", "all of them")


def test_what_is_said_in_another_language_is_not_tested(folder: Path, tmp_path: Path):
    def translated(row: dict[str, Any]) -> dict[str, Any]:
        turns = [{**turn, "content": "A word."} for turn in row["history"]]
        return {**row, "history": turns, "first_talk": "A word."}

    rows = [translated(published(-10, -10, -9, seeker=f"e{n}")) for n in range(12)]
    english = write(tmp_path / "judge-simulator.a.jsonl", *rows)
    refused(esc("surrogate", "check", "s.json", english, cwd=folder), "language", "(zh)")
    both = write(tmp_path / "judge-simulator.b.jsonl", *rows, published(-10, 5, seeker="new"))
    result = esc("surrogate", "check", "s.json", both, cwd=folder)
    assert "Not tested: 12 dialogues in a language without training data." in result.stdout


def test_new_dialogues_of_a_supporter_are_put_beside_its_own(folder: Path, tmp_path: Path):
    rows = [published(*CHANGES[n % 4], seeker=f"s{n}") for n in range(12)]
    new = [published(-10, -10, -9, seeker=f"n{n}") for n in range(12)]
    again = write(tmp_path / "judge-simulator.a.jsonl", *rows, *new)
    found = json.loads(esc("surrogate", "check", "s.json", again, "--json", cwd=folder).stdout)
    assert (found["learnt"], found["alarms"][0]["beside"]) == (12, "itself")
    assert found["alarms"][0]["level_p"] < 0.005


def test_power_says_how_often_a_shift_is_seen(folder: Path, tmp_path: Path):
    files = sorted(folder.glob("judge-simulator.*"))
    result = esc("surrogate", "power", *files, cwd=folder)
    assert result.returncode == 0, result.stderr
    assert "points per reply" in result.stdout
    one = write(tmp_path / "judge-simulator.a.jsonl", published(5, seeker="s1"))
    refused(esc("surrogate", "power", one, cwd=tmp_path), "two seekers", "more dialogues")


def test_simulators_are_never_learnt_together(folder: Path, tmp_path: Path):
    rows = [published(5, -5, seeker=f"s{n}") for n in range(6)]
    for simulator in ("one", "two"):
        write(tmp_path / f"{simulator}-simulator.a.jsonl", *rows)
    refused(esc("surrogate", "fit", ".", cwd=tmp_path), "one simulator", "one, two")
