import re

import pytest
from dspy.lm15 import Request
from fakes import CountingEngine, ScriptedEngine

from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.dialogue import Dialogue
from esc_skills.programs.simulation.seeker import Seeker, SeekerSettings
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Appraisal

FELT = Appraisal(meaning="m", goal_fit="g", inner_activity="i", feeling="f", change=5)
SAID = [Turn(speaker="seeker", text="It is raining."), Turn(speaker="supporter", text="Yes.")]


def text_in(request: Request) -> str:
    return "\n".join(message.text or "" for message in request.messages)


def spoken(first: str, second: str, profile: Profile, emotion: int = 40):
    """What the seeker says where its model answers `first`, and `second` when corrected."""
    corrections: list[str] = []

    def answer(request: Request) -> str:
        asked = re.search(r"## correction ## \]\]\n(.*)", text_in(request))
        if asked:
            corrections.append(asked[1])
        line = second if asked else first
        return f"[[ ## message ## ]]\n{line}\n\n[[ ## farewell ## ]]\nFalse\n\n"

    with Models(engines={"rehearsal": ScriptedEngine(answer)}).active():
        line = Seeker().say(profile, SAID, emotion, FELT)
    return line, corrections


@pytest.mark.parametrize(
    ("faulty", "kind", "named"),
    [
        ("It is raining.", "repeat", "repeats an earlier line"),
        ("The NPC is kind to me.", "character break", "speaks of the simulation"),
        ("Activity: well then", "label", "format of the answer"),
        ("word " * 120, "over-long", "too long"),
        ("Well. Goodbye.", "early farewell", "not done"),
    ],
)
def test_a_faulty_line_is_asked_for_once_more_with_its_fault_named(
    profiles: list[Profile], faulty: str, kind: str, named: str
):
    line, (correction,) = spoken(faulty, "It goes on.", profiles[0])
    assert (line.message, line.repaired) == ("It goes on.", (kind,))
    assert named in correction


def test_a_copied_hidden_intention_is_repaired(profiles: list[Profile]):
    line, _ = spoken(profiles[0].hidden_intention, "It goes on.", profiles[0])
    assert line.repaired == ("leak",)


def test_a_fault_that_stays_is_kept_for_metrics_to_count(profiles: list[Profile]):
    line, corrections = spoken("It is raining.", "It is raining.", profiles[0])
    assert line.message == "It is raining."
    assert len(corrections) == 1


def test_a_line_without_fault_is_asked_for_once(profiles: list[Profile]):
    line, corrections = spoken("It goes on.", "never asked", profiles[0])
    assert (line.message, line.repaired, corrections) == ("It goes on.", (), [])


def test_not_wanting_to_see_him_again_is_no_goodbye(profiles: list[Profile]):
    line, corrections = spoken("不想再见他", "never asked", profiles[0])
    assert (line.repaired, corrections) == ((), [])


def test_silence_twice_is_missing_data(profiles: list[Profile]):
    with pytest.raises(DialogueError):
        spoken("", "", profiles[0])


@pytest.mark.parametrize("hidden", [False, True])
def test_the_running_emotion_is_shown_to_the_appraiser_or_hidden(
    profiles: list[Profile], hidden: bool
):
    engine = CountingEngine()
    seeker = Seeker(SeekerSettings(hide_emotion=hidden))
    with Models(engines={"rehearsal": engine}).active():
        rollout = Dialogue(SupportAgent(), seeker=seeker)(profile=profiles[0]).rollout
    appraisals = [r for r in engine.requests if "[[ ## appraisal ## ]]" in (r.system or "")]
    assert len(appraisals) == len(rollout.emotions) - 1
    for request in appraisals:
        assert ("[[ ## emotion ## ]]" in text_in(request)) is not hidden


def test_a_hidden_emotion_is_part_of_the_simulators_name():
    assert SeekerSettings().label == ""
    assert SeekerSettings(hide_emotion=True).label == " (emotion hidden)"


def test_every_call_is_stored_with_model_parameters_prompt_and_place(profiles: list[Profile]):
    journal = Journal()
    runner = Runner(Models(engines={"rehearsal": CountingEngine()}), journal=journal, seed=7)
    (rollout,) = runner.play(SupportAgent(), [(profiles[0], 0)])
    runner.close()
    calls = [record for record in journal.values() if "call" in record]
    assert len(calls) == rollout.spend.calls
    for record in calls:
        call, spend = record["call"], record["spend"]
        assert call["model"]["model"] == "rehearsal"
        assert call["role"] in ("supporter", "seeker")
        assert call["place"][:2] == ["7", profiles[0].id]
        assert call["place"][-2] in ("AppraiseReply", "SpeakAsSeeker", "Respond")
        assert call["place"][-1] == "0"
        assert len(call["prompt"]) == 16
        assert spend["tokens_in"] > 0
        assert spend["seconds"] > 0
        assert record["answer"]
