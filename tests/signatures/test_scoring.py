"""The score of a dialogue: the mood, and what else a domain counts, by a stated rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.scoring import ScoreRule, Standing

PATIENT = Profile(
    id="bea",
    persona="Bea, a cook.",
    scene="She coughs.",
    hidden_intention="You want to be asked.",
    character="terse",
    opening="It's the cough.",
    knows=("I smoke.", "It began in May.", "I am afraid."),
    next_step="To be seen today.",
)
NO_GOALS = PATIENT.model_copy(update={"knows": (), "next_step": ""})
RULE = ScoreRule(facts=30, next_step=20)


@given(st.integers(0, 100))
def test_without_goals_the_score_is_the_mood(mood: int) -> None:
    assert ScoreRule().points(Standing(mood=mood), PATIENT) == mood
    assert RULE.points(Standing(mood=mood), NO_GOALS) == mood
    assert not RULE.counts_more_than_mood(NO_GOALS)
    assert not ScoreRule().counts_more_than_mood(PATIENT)


@pytest.mark.parametrize(
    ("standing", "points"),
    [
        (Standing(mood=40), 20),
        (Standing(mood=40, told=(1,)), 30),
        (Standing(mood=100, told=(0, 1, 2), stepped=True), 100),
        (Standing(mood=0), 0),
    ],
)
def test_goals_are_shares_of_a_hundred_points(standing: Standing, points: int) -> None:
    assert RULE.points(standing, PATIENT) == points


def test_what_a_profile_lacks_is_added_to_the_mood_s_share() -> None:
    no_step = PATIENT.model_copy(update={"next_step": ""})
    assert RULE.points(Standing(mood=100, told=(0, 1, 2)), no_step) == 100


def test_the_right_step_counts_only_once_enough_facts_are_told() -> None:
    early = RULE.moved(Standing(mood=40), PATIENT, -5, stepped=True)
    assert (early.mood, early.stepped) == (35, False)
    known = RULE.moved(early, PATIENT, 5, told=(0, 2, 7))
    assert known.told == (0, 2)
    assert RULE.moved(known, PATIENT, 10, stepped=True).stepped


@given(st.integers(-10, 10), st.lists(st.integers(-1, 4)), st.booleans(), st.integers(0, 100))
def test_the_score_stays_within_its_bounds(
    change: int, told: list[int], stepped: bool, mood: int
) -> None:
    standing = RULE.moved(Standing(mood=mood), PATIENT, change, told, stepped=stepped)
    assert 0 <= RULE.points(standing, PATIENT) <= 100


def test_shares_over_a_hundred_are_refused() -> None:
    with pytest.raises(ValidationError, match="at most 100"):
        ScoreRule(facts=90, next_step=20)
