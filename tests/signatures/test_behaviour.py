import random
from statistics import mean, median

import pytest
from pydantic import ValidationError

from esc_skills.signatures.behaviour import SeekerBehaviour, plan_in

HABITS = SeekerBehaviour(
    words=31, openness=0.25, questions=0.4, resistance=0.05, gratitude=0.2, patience=7
)


def test_a_plan_can_be_read_back_from_what_the_prompt_says_of_it():
    rng = random.Random(0)
    for turn in range(9):
        plan = HABITS.plan(turn, rng)
        assert plan_in(plan.text) == plan
        assert plan.leaves == (turn >= 6)
    assert plan_in("") is None


def test_plans_meet_the_habits_on_average_and_no_percentage_is_told():
    rng = random.Random(1)
    plans = [HABITS.plan(turn % 6, rng) for turn in range(3000)]
    assert mean(plan.words for plan in plans) == pytest.approx(HABITS.words, rel=0.05)
    for trait, share in (("detail", 0.25), ("asks", 0.4), ("objects", 0.05), ("thanks", 0.2)):
        assert mean(getattr(plan, trait) for plan in plans) == pytest.approx(share, abs=0.03)
    assert not any("%" in plan.text for plan in plans)


def test_turns_that_grow_keep_their_mean():
    warming = HABITS.model_copy(update={"warming": 0.5, "words": 20})
    assert [warming.words_at(turn) for turn in (0, 9, 15)] == [10, 30, 30]


def test_people_differ_by_individuality_and_each_stays_the_same():
    apart = HABITS.model_copy(update={"individuality": 0.6})
    people = [apart.individual(f"person {n}") for n in range(200)]
    assert people[3] == apart.individual("person 3")
    assert len({person.words for person in people}) > 20
    assert median(person.words for person in people) == pytest.approx(31, abs=4)
    assert all(person.questions <= 1 for person in people)
    assert {HABITS.individual(name).words for name in "abc"} == {31}


def test_impossible_habits_are_refused():
    for wrong in ({"questions": 1.2}, {"words": 0}, {"patience": 11}):
        with pytest.raises(ValidationError):
            SeekerBehaviour.model_validate(wrong)
