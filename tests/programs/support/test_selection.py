from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esc_skills.experiments.files.profiles import read_profiles
from esc_skills.experiments.rehearsal.script import script
from esc_skills.programs.support import vectors
from esc_skills.programs.support.selection import shortlist
from esc_skills.signatures.skills import Bank, PolicyParameters, SelectionPolicy, Skill
from esc_skills.signatures.words import clipped, tokens_in


def skills(count: int) -> tuple[Skill, ...]:
    """English skills for every need, numbered so that no two are alike word for word."""
    whens = [script().skills["when"][need][0] for need in script().needs]
    return tuple(
        Skill(name=f"skill-{k}", when_to_use=f"{whens[k % 8]} ({k})", guidance="Listen.")
        for k in range(count)
    )


def offered(bank: Bank, *turns: str) -> list[str]:
    return [skill.name for skill in shortlist(bank, turns)]


def within(tokens: int, kept: Sequence[Skill]) -> Bank:
    policy = SelectionPolicy(parameters=PolicyParameters(offered_tokens=tokens))
    return Bank(skills=tuple(kept), policy=policy)


def test_every_skill_of_an_english_bank_is_within_reach_of_every_chinese_seeker(shared_data: Path):
    seekers = read_profiles([shared_data / "sage" / "profiles.jsonl.gz"])
    bank = Bank(skills=skills(31))
    assert len(seekers) == 100
    assert all(offered(bank, seeker.opening) == list(bank.names) for seeker in seekers)


def test_a_bank_that_fits_is_offered_in_the_same_order_whatever_is_said():
    bank = Bank(skills=skills(12))
    assert offered(bank, "Nobody noticed.") == offered(bank, "为什么？") == list(bank.names)  # noqa: RUF001


@pytest.mark.parametrize(
    ("said", "need"),
    [
        ("Nobody gives a damn how hard I worked.", "praise"),
        ("我在公司熬了三个通宵，没有人说一句谢谢。", "praise"),  # noqa: RUF001
        ("没有人能理解我有多孤独。", "empathy"),
        ("我该怎么办才好，给我点建议吧。", "advice"),  # noqa: RUF001
    ],
)
def test_of_a_large_bank_the_skills_nearest_in_meaning_are_offered_in_any_language(
    said: str, need: str
):
    every = skills(400)
    found = offered(within(1_000, every), said)
    fitting = {skill.name for k, skill in enumerate(every) if script().needs[k % 8] == need}
    assert len(fitting & set(found)) > len(found) / 2
    assert found == [skill.name for skill in every if skill.name in found]


def test_the_place_of_a_skill_in_a_large_bank_does_not_matter():
    said, every = "Nobody gives a damn how hard I worked.", skills(200)
    forwards = offered(within(500, every), said)
    assert set(offered(within(500, every[::-1]), said)) == set(forwards)


def test_what_is_offered_keeps_the_budget_of_tokens_with_ten_thousand_skills():
    bank = within(2_000, [s.model_copy(update={"when_to_use": "x"}) for s in skills(10_000)])
    found = shortlist(bank, ["I do not know what to do."])
    assert 0 < sum(tokens_in(s.name) + tokens_in(s.when_to_use) for s in found) <= 2_000


def test_the_vector_of_a_text_is_made_once_and_kept_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(vectors, "KEPT_FROM", 3)
    made, asked = vectors.made, list[str]()
    monkeypatch.setattr(vectors, "made", lambda texts: (asked.extend(texts), made(texts))[1])
    texts = ["nobody thanks me", "nobody hears me", "nobody helps me"]
    first = vectors.vectors_of(texts)

    def in_a_new_process(wanted: list[str]) -> vectors.Vectors:
        asked.clear()
        monkeypatch.setattr(vectors, "_known", {})
        return vectors.vectors_of(wanted)

    assert np.array_equal(in_a_new_process(texts), first)
    assert asked == []
    more = in_a_new_process(["a new one", *texts])
    assert asked == ["a new one"]
    assert np.array_equal(more[1:], first)
    (file,) = vectors.cache_folder().iterdir()
    file.write_bytes(b"damaged" * 1000)
    assert np.array_equal(in_a_new_process(texts), first)
    assert asked == texts
    in_a_new_process(texts)
    assert asked == []


def test_vectors_are_made_where_none_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "esc-skills").write_text("a file, where the folder would be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(vectors, "KEPT_FROM", 1)
    assert vectors.vectors_of(["nobody sees me"]).shape == (1, vectors.SIZE)


def test_the_first_replies_are_given_without_a_skill_where_the_policy_says_so(bank: Bank):
    policy = SelectionPolicy(parameters=PolicyParameters(warm_up=1))
    patient = Bank(skills=bank.skills, policy=policy)
    assert offered(patient, "Hello.") == []
    assert offered(patient, "Hello.", "It hurts.") == list(bank.names)


def test_a_policy_written_by_an_older_version_is_read():
    old = {"retriever": "bm25", "shortlist": 8, "threshold": 0.2, "context_turns": 2}
    assert PolicyParameters.model_validate(old) == PolicyParameters(context_turns=2)


@given(st.text(max_size=400), st.integers(1, 60))
def test_a_clipped_text_keeps_its_budget_and_is_the_beginning_of_the_whole(text: str, most: int):
    short = clipped(text, most)
    assert tokens_in(short) <= most or tokens_in(text) <= most
    assert text.strip().startswith(short.strip())


def test_a_text_is_clipped_at_the_end_of_a_sentence():
    assert clipped("Name the effort. Then ask. " + "Go on and on. " * 50, 8) == (
        "Name the effort. Then ask."
    )
