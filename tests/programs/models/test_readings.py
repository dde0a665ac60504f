"""Rates of clean, repaired, asked again and failed, counted where answers are read."""

import pytest
from dspy.lm15 import Request
from fakes import ScriptedEngine, prompt_of

from esc_skills.programs.models.readings import StageReadings
from esc_skills.programs.models.roles import Models
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank

GOOD = "[[ ## why ## ]]\nIt fits.\n\n[[ ## skill ## ]]\nsee-the-effort\n\n[[ ## completed ## ]]"


def readings_of(bank: Bank, *answers: str) -> tuple[StageReadings, list[Request]]:
    """How the choices of a skill could be read, and the requests for them."""
    given = iter(answers)
    asked: list[Request] = []

    def script(request: Request) -> str:
        if "[[ ## policy ## ]]" not in prompt_of(request):
            return "[[ ## reply ## ]]\nI see.\n\n[[ ## completed ## ]]"
        asked.append(request)
        return next(given)

    models = Models(engines={"rehearsal": ScriptedEngine(script)})
    with models.active():
        SupportAgent(bank)(history=[], message="Nobody noticed the effort.")
    (row,) = (row for row in models.readings.rows if row.stage == "SelectSkill")
    return row, asked


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([GOOD], "clean"),
        ([f"<think>hm</think>{GOOD}"], "repaired"),
        (["Why: It fits.\nSkill: see-the-effort"], "repaired"),
        (["see-the-effort", GOOD], "again"),
        (["dunno", "dunno", "dunno"], "failed"),
    ],
)
def test_a_question_has_one_outcome_however_often_it_was_asked(
    bank: Bank, answers: list[str], outcome: str
) -> None:
    row, _ = readings_of(bank, *answers)
    assert (row.asked, getattr(row, outcome)) == (1, 1)


def test_what_put_a_form_right_is_named(bank: Bank) -> None:
    row, _ = readings_of(bank, f"<think>hm</think>{GOOD}")
    assert row.repairs == {"thoughts": 1}


def test_the_second_question_shows_the_refused_answer_and_names_its_fault(bank: Bank) -> None:
    _, (first, second) = readings_of(bank, GOOD.replace("see-the-effort", "calm-down"), GOOD)
    assert len(second.messages) == len(first.messages) + 2
    assert "calm-down" in (second.messages[-2].text or "")
    told = second.messages[-1].text or ""
    assert "skill must be one of" in told
    assert "see-the-effort" in told


def test_an_answer_that_was_given_twice_is_not_shown_a_third_time(bank: Bank) -> None:
    """Small models say again whatever they are shown."""
    odd = GOOD.replace("see-the-effort", "calm-down")
    _, (_, second, third) = readings_of(bank, odd, odd, GOOD)
    assert "calm-down" in (second.messages[-2].text or "")
    assert third.messages[-2].text == "(the same answer)"


def test_a_request_that_was_repeated_is_not_shown_again(bank: Bank) -> None:
    echo = "[[ ## policy ## ]]\nChoose the skill.\n\n[[ ## message ## ]]\nNobody noticed."
    _, (_, second) = readings_of(bank, echo, GOOD)
    assert second.messages[-2].text == "(the request, repeated)"
    assert "it repeats the request" in (second.messages[-1].text or "")


def test_a_choice_that_stays_unreadable_means_no_skill_and_not_no_reply(bank: Bank) -> None:
    models = Models(
        engines={
            "rehearsal": ScriptedEngine(
                lambda request: "?" if "[[ ## policy ## ]]" in prompt_of(request) else "I see."
            )
        }
    )
    with models.active():
        said = SupportAgent(bank)(history=[], message="Nobody noticed the effort.")
    assert (said.reply, said.skill) == ("I see.", None)
    assert "could not be read" in said.why
