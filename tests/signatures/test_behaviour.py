from statistics import median

import pytest
from pydantic import ValidationError

from esc_skills.signatures.behaviour import SeekerBehaviour, behaviour_in

HABITS = SeekerBehaviour(
    words=31, openness=0.25, questions=0.4, resistance=0.05, gratitude=0.2, patience=7
)


def test_what_the_prompt_says_of_habits_can_be_read_back():
    assert behaviour_in(f"Mia, 31, a nurse.\n{HABITS.text}") == HABITS
    assert behaviour_in("Mia, 31, a nurse.") is None


def test_turns_that_grow_keep_their_mean():
    warming = HABITS.model_copy(update={"warming": 0.5, "words": 20})
    assert [warming.words_at(turn) for turn in (0, 9, 15)] == [10, 30, 30]
    assert "20 words a turn, 10 at first and 30 in the end" in warming.text
    assert behaviour_in(warming.text) == warming


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
