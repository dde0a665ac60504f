import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.profiles import (
    SAMPLE_CORPUS,
    read_profiles,
    sample_profiles,
    split_profiles,
)
from esc_skills.signatures.profiles import Profile

OURS: dict[str, Any] = {
    "id": "a",
    "persona": "Ana, 30",
    "scene": "A quarrel.",
    "hidden_intention": "To be heard.",
    "character": "negative",
    "opening": "Hi.",
}
SAGE: dict[str, Any] = {
    "id": "s",
    "player": "人物",
    "scene": "场景",
    "main_cha": "回避型",
    "cha_group": ["愤怒"],
    "task": "你希望对方用心倾听你的情绪宣泄",
    "first_talk": "唉。",
}


def write(path: Path, *records: Any) -> Path:
    path.write_text("\n".join(json.dumps(r) for r in records), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_profiles([path])
    return str(caught.value)


def test_our_schema_is_read_from_lines_arrays_and_gzip(tmp_path: Path) -> None:
    array = tmp_path / "a.json"
    array.write_text(json.dumps([OURS, {**OURS, "id": "b"}]))
    packed = tmp_path / "c.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps({**OURS, "id": "c"}).encode()))
    lines = write(tmp_path / "d.jsonl", {**OURS, "id": "d"})
    assert [p.id for p in read_profiles([array, packed, lines])] == ["a", "b", "c", "d"]


def test_the_sage_schema_is_read_as_ours(tmp_path: Path) -> None:
    (profile,) = read_profiles([write(tmp_path / "s.jsonl", SAGE)])
    assert (profile.character, profile.group, profile.language) == ("avoidant", "venting", "zh")
    assert (profile.opening, profile.traits) == ("唉。", ("愤怒",))


def test_the_samples_are_there() -> None:
    assert len(sample_profiles()) == 24
    assert SAMPLE_CORPUS.exists()


def test_the_published_sage_profiles_are_read(shared_data: Path) -> None:
    profiles = read_profiles([shared_data / "sage" / "profiles.jsonl.gz"])
    assert len(profiles) == 100
    assert Counter(p.character for p in profiles) == {"negative": 41, "passive": 34, "avoidant": 25}
    assert Counter(p.group for p in profiles) == {
        "advice": 15,
        "empathy": 13,
        "praise": 13,
        "reflection": 13,
        "venting": 12,
        "balance": 12,
        "motives": 11,
        "side": 11,
    }


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({**OURS, "opening": " "}, "field 'opening': a profile must have an opening line"),
        ({**SAGE, "first_talk": None}, "field 'first_talk': a profile must have an opening line"),
        ({k: v for k, v in OURS.items() if k != "scene"}, "field 'scene': must be there"),
        ({k: v for k, v in SAGE.items() if k != "task"}, "field 'task': must be there"),
        ({**OURS, "persona": 5}, "field 'persona': must be a text, but is the value 5"),
        ({**SAGE, "player": ["x"]}, "field 'player': must be a text, but is a list"),
        ({**OURS, "persona": ""}, "field 'persona': must be a text, but is empty"),
        ({**OURS, "personna": "x"}, "field 'personna': a profile has no such field"),
        ({**OURS, "language": "fr"}, "field 'language':"),
        (["a"], "a profile must be an object, but is a list"),
        ({**OURS, "id": "first"}, "field 'id': ids must be unique, but 'first' stands at"),
    ],
)
def test_a_bad_profile_is_named_with_file_line_and_field(
    tmp_path: Path, record: Any, said: str
) -> None:
    path = write(tmp_path / "p.jsonl", {**OURS, "id": "first"}, record)
    message = refusal(path)
    assert f"{path}, line 2" in message
    assert said in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "none.jsonl must be a file, but does not exist" in refusal(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b"", "is empty"),
        ("a.json", b"  \n", "is empty"),
        ("a.json", b"[]", "is empty"),
        ("a.jsonl", b"{oops\n", "line 1: must be JSON"),
        ("a.json", b'[{"id": 1', "must be JSON, but is not"),
        ("a.json", b'"id"', "must be a JSON array of records, but starts with '\"'"),
        ("a.json.gz", b"not gzip", "must be a readable file"),
        ("a.json.gz", gzip.compress(b"[1, 2]" * 99, mtime=0)[:-9], "must be a readable file"),
        ("a.json", b"\xff\xfe[", "must be UTF-8"),
        ("a.jsonl", b"[" * 100_000, "line 1: must be JSON"),
    ],
)
def test_a_broken_file_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refusal(path)


def seekers(groups: list[str]) -> list[Profile]:
    return [
        Profile.model_validate({**OURS, "id": str(i), "group": g}) for i, g in enumerate(groups)
    ]


@given(st.lists(st.sampled_from("abcd"), min_size=10, max_size=60), st.integers(0, 99))
def test_a_split_is_disjoint_covering_and_repeatable(groups: list[str], seed: int) -> None:
    profiles = seekers(groups)
    split = split_profiles(profiles, train=0.4, validation=0.3, test=0.3, seed=seed)
    ids = [p.id for part in (split.train, split.validation, split.test) for p in part]
    assert sorted(ids) == sorted(p.id for p in profiles)
    again = split_profiles(profiles[::-1], train=0.4, validation=0.3, test=0.3, seed=seed)
    assert again == split


@given(st.integers(4, 60), st.integers(4, 60), st.integers(0, 99))
def test_every_part_sees_each_group_in_proportion(a: int, b: int, seed: int) -> None:
    split = split_profiles(
        seekers(["a"] * a + ["b"] * b), train=0.5, validation=0.25, test=0.25, seed=seed
    )
    for share, part in ((0.5, split.train), (0.25, split.validation), (0.25, split.test)):
        found = Counter(p.group for p in part)
        assert abs(found["a"] - share * a) <= 2
        assert abs(found["b"] - share * b) <= 2


def test_another_seed_splits_otherwise() -> None:
    profiles = seekers(["a"] * 20)
    one, two = (
        split_profiles(profiles, train=0.5, validation=0.5, test=0, seed=seed) for seed in (0, 1)
    )
    assert one != two
    assert one.test == ()


@pytest.mark.parametrize("shares", [(0.5, 0.5, 0.5), (1.2, -0.1, -0.1), (float("nan"), 0, 0)])
def test_shares_that_do_not_sum_to_one_are_refused(shares: tuple[float, float, float]) -> None:
    train, validation, test = shares
    with pytest.raises(UserError, match="must be positive and sum to 1"):
        split_profiles(seekers(["a"] * 9), train=train, validation=validation, test=test, seed=0)


def test_too_few_profiles_for_a_split_are_refused() -> None:
    with pytest.raises(UserError, match="leave none for"):
        split_profiles(seekers(["a", "b"]), train=0.4, validation=0.3, test=0.3, seed=0)


def test_a_value_that_is_not_among_the_choices_is_shown(tmp_path: Path) -> None:
    said = refusal(write(tmp_path / "p.jsonl", {**OURS, "language": "de"}))
    assert "field 'language': Input should be 'en' or 'zh', but is 'de'." in said
