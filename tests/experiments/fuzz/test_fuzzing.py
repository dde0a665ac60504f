"""Whatever is read is accepted or refused in one sentence, at a bounded cost."""

import random
import time
from pathlib import Path

import pytest

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files import record_files
from esc_skills.experiments.files.conducts import conduct_of
from esc_skills.experiments.files.profiles import profile_of
from esc_skills.experiments.files.record_files import read_records
from esc_skills.experiments.fuzz.bombs import BOMBS, explode
from esc_skills.experiments.fuzz.fuzzing import fuzz
from esc_skills.experiments.fuzz.mutation import mutated, rendered
from esc_skills.programs.reading.yaml_text import load_yaml


def test_no_mutated_input_of_any_kind_ends_in_a_traceback():
    outcomes = fuzz((), 25, seed=7)
    assert not [(one.kind, fault) for one in outcomes for fault in one.faults]
    assert sum(one.accepted for one in outcomes) > 50
    assert sum(one.refused for one in outcomes) > 50


def test_one_seed_gives_the_same_inputs():
    inputs = [rendered(mutated({"a": [1, {"b": "c"}]}, r), r) for r in map(random.Random, (3, 3))]
    assert inputs[0] == inputs[1]


def test_an_unknown_kind_is_named():
    with pytest.raises(UserError, match=r"must be one of bank, .*, but is 'nothing'"):
        fuzz(["nothing"], 1, seed=0)


@pytest.mark.parametrize(
    "text", ["[" * 5000, 'a: "\\ud83d"', "a: 2026-99-99", "? {a: 1}\n: 2", "1" * 5000]
)
def test_yaml_that_cannot_be_read_is_refused_in_a_sentence(text: str):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        load_yaml(text)


def test_aliases_of_aliases_are_refused_before_they_unfold():
    levels = [f"- &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(ValueError, match="more than 100,000 values"):
        load_yaml("\n".join(["- &a0 [l]", *levels]))


@pytest.mark.parametrize(("name", "start"), [("a.jsonl", ""), ("a.json", "[")])
def test_a_record_beyond_all_measure_is_refused(name, start, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(record_files, "LONGEST_RECORD", 1000)
    (tmp_path / name).write_text(start + '"' + "x" * 200_000)
    with pytest.raises(UserError, match="more than 1,000 characters"):
        list(read_records(tmp_path / name))


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_no_small_file_takes_much_memory(name: str):
    bomb = explode(name)
    assert bomb.harmless, bomb


def test_brackets_within_brackets_are_refused_at_once():
    started = time.process_time()
    for text in ("[" * 5_000, "{a: " * 3_000, '{"name": ' + "[" * 2_000 + "]" * 2_000 + "}"):
        with pytest.raises(ValueError, match=r"depth|deep"):
            load_yaml(text)
    assert time.process_time() - started < 0.5


def test_a_long_value_does_not_make_a_long_sentence(tmp_path: Path):
    (tmp_path / "c.yaml").write_text("rules: [{name: a, kind: " + "x" * 3_000 + "}]")
    with pytest.raises(UserError) as told:
        conduct_of(tmp_path / "c.yaml")
    assert len(str(told.value)) < 500


def test_a_lone_surrogate_in_the_name_of_a_field_is_refused_in_a_sentence():
    record = {"id": "a", "persona": "p", "scene": "s", "hidden_intention": "h", "character": "c",
              "opening": "Hi.", "gr\ud800oup": "x"}  # fmt: skip
    with pytest.raises(UserError, match="here"):
        profile_of(record, "here")
