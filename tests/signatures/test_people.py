"""Who a seeker is: what of it reaches which prompt."""

import pytest
from dspy.lm15 import Request
from fakes import CountingEngine, ScriptedEngine
from pydantic import ValidationError

from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.people import BigFive, Event
from esc_skills.signatures.profiles import Profile

RING = "The telephone in the hall rings; nobody but zanzibar picks it up."


class Watching(CountingEngine):
    """Remembers every prompt by what it asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[bool, str]] = []

    def complete(self, request: Request):
        text = "\n".join([str(request.system), *(m.text or "" for m in request.messages)])
        self.asked.append(("hidden_intention" in text, text))
        return super().complete(request)


def test_words_of_traits_are_not_played_and_typed_traits_are(profiles: list[Profile]) -> None:
    plain = profiles[0]
    assert plain.nature == plain.portrait == plain.persona
    typed = plain.model_copy(update={"traits": BigFive(extraversion="low", neuroticism="high")})
    assert "extraversion low (reserved" in typed.portrait
    assert "openness" not in typed.portrait
    assert plain.model_copy(update={"traits": BigFive()}).portrait == plain.persona


def test_traits_are_typed_in_a_file() -> None:
    texts = dict.fromkeys(("persona", "scene", "hidden_intention", "character", "opening"), "x")
    read = Profile.model_validate({**texts, "id": "a", "traits": {"openness": "high"}})
    assert read.traits == BigFive(openness="high")
    assert Profile.model_validate_json(read.model_dump_json()) == read
    for wrong in ({"openness": "middling"}, {"charm": "high"}):
        with pytest.raises(ValidationError):
            Profile.model_validate({**texts, "id": "a", "traits": wrong})


def test_stance_and_traits_reach_both_prompts_of_the_seeker_and_none_of_the_supporter(
    profiles: list[Profile],
) -> None:
    engine = Watching()
    person = profiles[0].model_copy(
        update={"stance": "hostile", "traits": BigFive(openness="low"), "events": (_at(3),)}
    )
    runner = Runner(Models(engines={"rehearsal": engine}), threads=1)
    (rollout,) = runner.play(SupportAgent(), [(person, 0)])
    private = [text for seeker, text in engine.asked if seeker]
    assert all("Stance: hostile." in text and "openness low" in text for text in private)
    assert {"reply ##" in text for text in private} == {True, False}, "feels, and speaks"
    for seeker, text in engine.asked:
        if not seeker:
            assert not any(word in text for word in ("Stance:", "openness", "zanzibar"))
    assert "the telephone in the hall rings" in rollout.exchanges[2].seeker.lower()
    assert all("telephone" not in exchange.seeker for exchange in rollout.exchanges[:2])


def test_an_event_is_seen_by_the_seeker_alone_and_at_its_turn(profiles: list[Profile]) -> None:
    person = profiles[0].model_copy(update={"events": (_at(2), Event(turn=4, text="It hails."))})
    engine = Watching()
    Runner(Models(engines={"rehearsal": engine}), threads=1).play(SupportAgent(), [(person, 0)])
    told = [text for _, text in engine.asked if "## event ##" in text]
    assert len(told) == 2
    assert "zanzibar" in told[0]
    assert "It hails." in told[1]


def test_a_line_that_copies_an_event_is_a_leak(profiles: list[Profile]) -> None:
    text = "Your mother comes in without knocking and asks loudly who it is that you write to"
    person = profiles[0].model_copy(update={"events": (Event(turn=2, text=text),)})
    engine = ScriptedEngine(lambda request: _line(text) if _speaks(request) else _played(request))
    (rollout,) = Runner(Models(engines={"rehearsal": engine}), threads=1).play(
        SupportAgent(), [(person, 0)]
    )
    assert "leak" in rollout.exchanges[1].repaired


def _at(turn: int) -> Event:
    return Event(turn=turn, text=RING)


def _speaks(request: Request) -> bool:
    return "[[ ## farewell ## ]]" in str(request.system)


def _line(text: str) -> str:
    return f"[[ ## message ## ]]\n{text}\n\n[[ ## farewell ## ]]\nFalse\n\n[[ ## completed ## ]]"


def _played(request: Request) -> str:
    return RehearsalEngine().complete(request).message.text or ""
