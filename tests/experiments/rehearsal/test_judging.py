"""The rehearsal's judges read a dialogue's words: kind ones please them, hurtful ones do not."""

from statistics import fmean

import pytest

from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.metrics.judges.judgement import Case
from esc_skills.metrics.judges.panel import JUDGES
from esc_skills.programs.models.roles import Models
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Exchange, Rollout


def talk(*lines: tuple[str, str | None]) -> Rollout:
    exchanges = tuple(Exchange(seeker=seeker, reply=reply) for seeker, reply in lines)
    return Rollout(
        profile="p", group="g", replicate=0, bank="b", exchanges=exchanges, ending="turn limit"
    )


KIND = talk(
    ("I'm so alone with it.", "I can feel how heavy this is. What did it do to you?"),
    ("Yes, that's exactly it. It's so heavy some days.", "How lonely that must be; I hear you."),
    ("That helps, actually.", None),
)
HURTFUL = talk(
    ("I'm so alone with it.", "Everything will be fine, look on the bright side."),
    ("You don't get it.", "You should have seen that coming; you are too sensitive."),
    ("Whatever.", None),
)


def grades_of(name: str, case: Case) -> list[float]:
    judge, grades = JUDGES[name](), []
    with Models(engines={"rehearsal": RehearsalEngine()}).active():
        for seed in range(20):
            with seed_scope(seed):
                grades.append(judge.overall(judge(case=case).judgement))
    return grades


def mean_grade(name: str, case: Case) -> float:
    return fmean(grades_of(name, case))


@pytest.mark.parametrize("name", ["relationship", "empathy", "support", "checklist", "preference"])
def test_judges_are_noisy(name: str):
    assert len(set(grades_of(name, Case(rollout=KIND, other=KIND)))) > 1


@pytest.mark.parametrize("name", ["relationship", "empathy", "support", "checklist"])
def test_a_kind_dialogue_is_graded_above_a_hurtful_one(name: str):
    kind, hurtful = (mean_grade(name, Case(rollout=each)) for each in (KIND, HURTFUL))
    assert kind > hurtful + 20


def test_a_kind_dialogue_is_preferred_wherever_it_stands():
    ahead = mean_grade("preference", Case(rollout=KIND, other=HURTFUL))
    behind = mean_grade("preference", Case(rollout=HURTFUL, other=KIND))
    assert ahead > 70
    assert behind < 30


def test_a_seeker_who_tells_of_the_scene_is_more_faithful_than_one_who_does_not():
    profile = Profile(
        id="p",
        persona="Ann sold shoes for twenty years.",
        scene="The shop was closed in May without warning.",
        hidden_intention="x",
        character="passive",
        opening="Hello.",
    )
    true = talk(("The shop was closed in May.", "Oh."), ("I sold shoes for twenty years.", "Hm."))
    false = talk(("Hello.", "Hello."), ("I like trains.", "Hm."))
    faithful, other = (
        mean_grade("persona", Case(rollout=each, profile=profile)) for each in (true, false)
    )
    assert faithful > other
