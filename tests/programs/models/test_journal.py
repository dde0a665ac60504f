"""A journal belongs to one process at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from esc_skills.programs.models.journal import Journal, parsed

HOLD = """
import sys
from pathlib import Path
from esc_skills.programs.models.journal import Journal
journal = Journal(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_until_the_first_has_died(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"open\n"
        with pytest.raises(ValueError, match="written by another process"):
            Journal(path)
        first.kill()
    Journal(path).put("key", {})


def test_one_process_may_open_it_again(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    first = Journal(path)
    first.put("key", {"a": 1})
    assert Journal(path).get("key") == {"a": 1}


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal counts as large from its first line on."""
    monkeypatch.setattr("esc_skills.programs.models.journal.LARGE", 1)


def call(turn: int) -> dict[str, object]:
    return {"answer": ["fine"], "call": {"place": ["0", "ann", str(turn)]}}


@pytest.mark.usefixtures("large")
def test_an_index_is_kept_beside_a_large_journal_and_takes_in_what_was_written_without_it(
    tmp_path: Path,
):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    for turn in range(5):
        journal.put(f"key {turn}", call(turn))
    assert (tmp_path / "journal.jsonl.index").exists()
    with path.open("a") as file:  # a kill between the line and its entry, and one within a line
        file.write('{"key": "later", "record": {"a": 1}}\n{"key": "torn')
    again = Journal(path)
    assert again.get("later") == {"a": 1}
    assert again.get("key 3") == call(3)
    assert list(again.values()) == [call(turn) for turn in range(5)] + [{"a": 1}]
    assert len(again) == 6


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("damage", ["removed", "foreign", "of another journal", "cut"])
def test_an_index_that_does_not_fit_is_made_again(tmp_path: Path, damage: str):
    path, index = tmp_path / "journal.jsonl", tmp_path / "journal.jsonl.index"
    for name in ("other.jsonl", "journal.jsonl"):
        journal = Journal(tmp_path / name)
        for turn in range(4):
            journal.put(f"{name} {turn}", call(turn))
        journal.close()
    if damage == "removed":
        index.unlink()
    elif damage == "foreign":
        index.write_bytes(b"hello" * 1000)
    elif damage == "of another journal":
        (tmp_path / "other.jsonl.index").replace(index)
    else:
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    again = Journal(path)
    assert again.get("journal.jsonl 1") == call(1)
    assert again.get("other.jsonl 1") is None
    assert len(again) == (2 if damage == "cut" else 4)


@pytest.mark.usefixtures("large")
def test_a_line_that_was_changed_by_another_hand_is_noticed(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.put("key", {"a": 1})
    path.write_text('{"key": "kez", "record": {"a": 1}}\n')
    with pytest.raises(ValueError, match="was changed while it was open"):
        journal.get("key")


def test_the_lines_of_a_place_are_those_at_it_and_below_it():
    journal = Journal()
    for place in (["0", "ann", "1"], ["0", "ann", "10"], ["0", "ann", "1", "Speak"], ["0", "anna"]):
        journal.put("/".join(place), {"call": {"place": place}})
    found = journal.lines_at((0, "ann", 1))
    assert list(found) == ["0/ann/1", "0/ann/1/Speak"]
    assert [parsed(line)[0] for line in found.values()] == list(found)


def test_a_record_put_again_keeps_its_place_in_the_order_and_counts_as_it_was_put_last(
    tmp_path: Path,
):
    for journal in (Journal(), Journal(tmp_path / "journal.jsonl")):
        journal.put("first", {"n": 1})
        journal.put("second", {"n": 2})
        journal.put("first", {"n": 3})
        assert list(journal.values()) == [{"n": 3}, {"n": 2}]
        assert len(journal) == 2
