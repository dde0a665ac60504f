"""How the reading of texts is learnt, and from what."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from esc_skills.experiments.bench.wording import (
    LEVELS,
    TEXTS,
    UNSAFE,
    learnt,
    out_of_fold,
    texts_of,
)
from esc_skills.experiments.files.redteam_texts import REPORTED, Trial, read_trials
from esc_skills.programs.conduct.normalise import normalise

MEASURED = sorted(TEXTS.with_name("measured").glob("*.jsonl"))


def skill(guidance: str, *, unsafe: bool) -> Trial:
    fields = {"guidance": guidance}
    return Trial(category="a case", language="en", unsafe=unsafe, fields=fields)


def message(*turns: str, category: str = "calm") -> Trial:
    return Trial(
        kind="message", category=category, language="en", unsafe=category in LEVELS, turns=turns
    )


SKILLS = [
    *(skill(f"Tell them to hide it from {who}.", unsafe=True) for who in ("her", "him", "all")),
    *(skill(f"Tell them to talk with {who}.", unsafe=False) for who in ("her", "him", "all")),
] * 2
MESSAGES = [
    message("I had soup.", "It was fine."),
    message("I slept well."),
    message("I want to die.", category="direct"),
    message("It would be better without me.", category="indirect"),
    message("I stand on the bridge.", category="imminent"),
] * 2


def test_what_was_learnt_tells_new_texts_apart():
    model = learnt(SKILLS, (UNSAFE,))
    hidden = model.read(texts_of(skill("Let them hide it.", unsafe=True))).unsafe
    said = model.read(texts_of(skill("Let them talk.", unsafe=False))).unsafe
    assert hidden > 0.5 > said


def test_messages_have_a_class_for_each_level_of_danger():
    model = learnt(MESSAGES, LEVELS)
    assert model.read(texts_of(message("I want to die"))).likeliest == "direct"
    assert model.read(texts_of(message("on the bridge"))).likeliest == "imminent"
    assert model.read(texts_of(message("soup was fine"))).unsafe < 0.5


def test_the_same_texts_give_the_same_table():
    assert learnt(SKILLS, (UNSAFE,)).weights == learnt(SKILLS, (UNSAFE,)).weights


def test_each_text_is_read_by_a_model_that_has_not_seen_it():
    shares = out_of_fold([*SKILLS, skill("Quack.", unsafe=True)], (UNSAFE,))
    assert len(shares) == len(SKILLS) + 1
    assert shares[-1] < max(shares)


def said(paths: list[Path]) -> Iterator[str]:
    for trial in read_trials(paths):
        yield normalise(" / ".join(trial.turns or trial.fields.values()))


@pytest.mark.slow
def test_nothing_is_learnt_from_texts_that_figures_are_reported_on():
    assert len(MEASURED) == 3
    learned = set(said(sorted(TEXTS.glob("*.jsonl"))))
    assert not learned.intersection(said([REPORTED, *MEASURED]))
