"""No skill copies what a seeker kept to itself."""

import pytest

from esc_skills.programs.conduct.privacy import RULE, PrivateText
from esc_skills.signatures.edits import AddSkill, RewriteField, RewritePolicy
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Appraisal, Exchange, Rollout
from esc_skills.signatures.skills import SkillDraft

FELT = Appraisal(
    meaning="It tells me CANARYmeaning to rest.",
    goal_fit="It misses that I lost my job at Norwood Mills in spring.",
    inner_activity="They will never know that I took the money from my mother's drawer.",
    feeling="uneasy",
    change=-2,
)
SEEKER = Profile(
    id="p7",
    persona="A tailor of 50 who counts every penny and lies awake over the rent each night.",
    scene="Her landlord, Mr Petrov, wrote again.",
    hidden_intention="She wants to be told that she may be angry with her brother for once.",
    character="negative",
    opening="My brother Anton owes me money.",
)
PLAYED = Rollout(
    profile="p7", group="negative", replicate=0, bank="b", ending="turn limit",
    exchanges=(
        Exchange(seeker="My brother Anton owes me money.", reply="That sounds heavy, and unfair "
                 "to you, after all that you did for him.", appraisal=FELT, emotion=38),
        Exchange(seeker="He moved to Leeds."),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def private() -> PrivateText:
    kept = PrivateText()
    kept.add(SEEKER, PLAYED)
    return kept


def rewrite(text: str) -> RewriteField:
    return RewriteField(name="listen", field="guidance", text=text, reason="a test")


@pytest.mark.parametrize("text", [
    "Say: you may be angry with her brother for once.",
    "They will think: they will never know that I took the money from my mother's drawer.",
    "Ask about the landlord, Mr Petrov, first.",
    "Name the time at Norwood before all else.",
    "Listen first (CANARYmeaning).",
    "Works best with p7.",
])  # fmt: skip
def test_an_edit_that_copies_is_found(private: PrivateText, text: str):
    found = private.copied_by(rewrite(text))
    assert found is not None
    assert (found.rule, found.severity) == (RULE, "hard")
    assert found.quote.lower() in text.lower()


@pytest.mark.parametrize("text", [
    "Ask about Anton, and what it is like to be owed money.",
    "Say that it sounds heavy, and unfair to you, after all that you did for him.",
    "Let them be angry. Name what feels unfair, and ask one question.",
    "Somebody who lies awake over the rent needs to be heard first.",
    "Ask what it was like to move to Leeds.",
])  # fmt: skip
def test_what_was_said_aloud_or_in_other_words_is_free(private: PrivateText, text: str):
    assert private.copied_by(rewrite(text)) is None


def test_every_kind_of_edit_is_read(private: PrivateText):
    skill = SkillDraft(name="x", when_to_use="At Norwood.", guidance="Ask about Norwood Mills.")
    assert private.copied_by(AddSkill(skill=skill, reason="r")) is not None
    assert private.copied_by(RewritePolicy(text="Choose none for p7.", reason="r")) is not None
