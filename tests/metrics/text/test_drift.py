import pytest

from esc_skills.metrics.text.drift import PHRASE, length_ratio, spreading_phrase
from esc_skills.signatures.rollouts import Exchange, Rollout

SEEKERS = ("a", "b", "c", "d")


def dialogues(*replies: str, message: str = "Well.") -> list[Rollout]:
    """One dialogue of each seeker with these replies."""
    exchanges = tuple(Exchange(seeker=message, reply=reply) for reply in replies)
    return [
        Rollout(
            profile=name,
            group="g",
            replicate=0,
            bank="x",
            exchanges=exchanges,
            ending="turn limit",
        )
        for name in SEEKERS
    ]


def test_lengths_are_compared_seeker_by_seeker():
    found = length_ratio(dialogues("one two", "one two"), dialogues("one two three four"))
    assert found is not None
    assert (found.mean, found.n) == (pytest.approx(2.0), len(SEEKERS))
    assert found.low == pytest.approx(2.0)


def test_han_characters_count_as_words():
    found = length_ratio(dialogues("one two"), dialogues("\u4f60\u597d\u5417\u5417"))
    assert found is not None
    assert found.mean == pytest.approx(2.0)


def test_a_single_seeker_says_nothing_of_the_spread():
    found = length_ratio(dialogues("one")[:1], dialogues("one two")[:1])
    assert found is not None
    assert found.low < 0.02 < 50 < found.high


def test_without_words_or_shared_seekers_there_is_nothing_to_compare():
    assert length_ratio(dialogues(""), dialogues("one")) is None
    assert spreading_phrase(dialogues("one")[:2], dialogues("one")[2:]) is None
    assert spreading_phrase(dialogues("too short"), dialogues("a few words")) is None


def test_the_phrase_that_spreads_most_is_named_with_its_growth():
    phrase = "you are so very brave"
    assert len(phrase.split()) == PHRASE
    before = dialogues("I see what you mean here", f"Well, {phrase}!", "All right then, go on now")
    after = dialogues(f"Oh, {phrase}.", f"Yes, {phrase}!", f"Well, {phrase}!")
    found = spreading_phrase(before, after)
    assert found is not None
    assert found.phrase == phrase
    assert found.share.mean == pytest.approx(2 / 3)


def test_an_echo_of_the_seeker_is_no_phrase():
    said = "nobody ever noticed what I did"
    after = dialogues(f"You say {said}.", message=f"Well, {said}.")
    found = spreading_phrase(dialogues("I hear you and I stay"), after)
    assert found is not None
    assert found.phrase == "say nobody ever noticed what" or said not in found.phrase
    assert "nobody ever noticed what i" not in found.phrase
