"""What is read in a seeker's words: danger beyond doubt stands, a model decides the rest."""

from typing import Any

import dspy
import pytest

from esc_skills.programs.conduct.guard import Guard
from esc_skills.programs.conduct.help import read_help
from esc_skills.programs.conduct.reading import SeekerReader, about, read_floor
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.reading import Reading


def reader(answer: Reading | None) -> SeekerReader:
    """A reader whose model reads this, or fails."""

    def read(**_: Any) -> dspy.Prediction:
        if answer is None:
            raise DialogueError("the server is down")
        return dspy.Prediction(reading=answer)

    made = SeekerReader()
    made.read = read  # type: ignore[assignment]
    return made


def turn(guard: Guard, message: str = "The bus was late again."):
    return guard.turn([], message)


@pytest.mark.parametrize(
    ("said", "risk", "to", "concerns"),
    [
        ("I want to die.", "direct", "self", ()),
        ("Everybody would be better off without me.", "indirect", "self", ()),
        ("I'm going to kill my husband tonight.", "imminent", "others", ()),
        ("我想杀了他。", "direct", "others", ()),
        ("The TV sends me messages.", "none", "nobody", ("mania or psychosis",)),
        ("邻居一直在监视我。", "none", "nobody", ("mania or psychosis",)),
        ("I'm scared of my boyfriend.", "none", "nobody", ("abuse",)),
        ("You are the only one I want to talk to.", "none", "nobody", ("dependence on you",)),
        ("只有你懂我。", "none", "nobody", ("dependence on you",)),
        ("I had a hard day at work.", "none", "nobody", ()),
    ],
)
def test_the_floor_reads_danger_and_concerns_without_a_model(
    said: str, risk: str, to: str, concerns: tuple[str, ...]
):
    reading = read_floor([said])
    assert (reading.risk, reading.to, reading.concerns) == (risk, to, concerns)


def test_a_model_raises_danger_and_never_denies_what_is_beyond_doubt():
    turns = [Turn(speaker="seeker", text="I want to die.")]
    raised = reader(Reading(risk="imminent", gist="They have a plan."))(turns)
    assert (raised.risk, raised.gist) == ("imminent", "They have a plan.")
    assert reader(Reading(risk="none", intent="to joke"))(turns).risk == "direct"
    assert reader(None)(turns) == read_floor(["I want to die."])


def test_danger_that_only_the_model_reads_is_answered_with_help_first():
    found = Reading(risk="indirect", to="self", gist="They mean to end it.")
    guarded = turn(Guard(reader=reader(found)))
    assert guarded.help == read_help().help_in("en")
    assert guarded.about == "They mean to end it. (indirect danger to self)"
    assert turn(Guard()).help == ""


DOUBTED = "It's nice to type things out here before I tell my wife. It gets me going."


def test_doubted_danger_is_decided_by_a_model_and_the_supporter_is_told_of_the_doubt():
    harmless = reader(Reading(intent="to tell of their marriage", gist="They like to write."))
    guarded = turn(Guard(reader=harmless), DOUBTED)
    assert guarded.help == ""
    assert guarded.about == (
        "They like to write. (read as no danger, though it sounds like imminent)"
    )
    assert turn(Guard(reader=harmless, active=False), DOUBTED).about == ""
    assert turn(Guard(), DOUBTED).help
    assert turn(Guard(reader=reader(None)), DOUBTED).help


def test_a_reply_need_not_name_help_where_a_model_has_read_that_there_is_no_danger():
    guarded = turn(Guard(reader=reader(Reading())), DOUBTED)
    assert not guarded.check(dspy.Prediction(reply="What gets you going about it?"))


def test_an_edge_case_passes_its_gist_on_and_a_harmless_message_is_untouched():
    edge = Reading(concerns=("mania or psychosis",), gist="They see signs and sleep little.")
    guarded = turn(Guard(reader=reader(edge)))
    assert (guarded.help, guarded.about) == ("", about(edge))
    assert turn(Guard(reader=reader(Reading(intent="to vent")))).about == ""


def test_the_supporter_is_told_what_was_read_and_nothing_where_nothing_was():
    told: list[Any] = []
    agent = SupportAgent()
    agent.respond.forward = lambda **fields: (  # type: ignore[method-assign]
        told.append(fields["skill"]) or dspy.Prediction(reply="I hear you.")
    )
    agent(history=[], message="Hm.", about="They sleep little.")
    agent(history=[], message="Hm.")
    assert told[0].shown == "Read in their words: They sleep little."
    assert told[1] is None
