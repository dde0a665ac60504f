"""What seekers know is told where they are asked, and what they cannot know is not made up."""

from esc_skills.experiments.files.profiles import sample_profiles
from esc_skills.metrics.seekers.knowledge import knowledge_held
from esc_skills.signatures.rollouts import Exchange, Rollout

PERSON = sample_profiles()[0].model_copy(
    update={
        "knows": ("I broke the metronome in May.", "My brother plays the drums."),
        "cannot_know": ("how the law case will end",),
    }
)


def played(*exchanges: tuple[str, str]) -> Rollout:
    said = tuple(Exchange(seeker=line, reply=reply, emotion=50) for line, reply in exchanges)
    return Rollout(
        profile=PERSON.id, group="g", replicate=0, bank="b", exchanges=said, ending="turn limit"
    )


def test_facts_are_counted_where_asked_and_in_silence() -> None:
    asked = played(("Hello.", "What broke?"), ("Well, in May I broke the metronome.", "I see."))
    silent = played(("Hello.", "Mm."), ("It was a long day.", "Mm."))
    found = knowledge_held([(PERSON, asked)], [(PERSON, silent)])
    assert (found.facts, found.told, found.silent, found.unasked) == (2, 1, 2, 0)


def test_a_seeker_who_makes_knowledge_up_is_told_from_one_who_says_so() -> None:
    question = "And how will the law case end?"
    honest = played(("Hello.", question), ("I have no idea.", "I see."))
    inventive = played(("Hello.", question), ("They will win in June.", "I see."))
    found = knowledge_held([(PERSON, honest), (PERSON, inventive)], [])
    assert (found.asked, found.admitted) == (2, 1)
