import pytest

from esc_skills.programs.simulation.probes import LONG, PROBES, Probe
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.words import words

SPOKEN = (Turn(speaker="seeker", text="Hello."), Turn(speaker="supporter", text="Hi."))


def reply(name: str, message: str, turns: int = 0) -> str:
    return Probe(name)(history=list(SPOKEN) * turns, message=message).reply


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_speaks_like_a_supporter_and_calls_no_model(name: str):
    said = Probe(name)(history=[], message="I feel alone.")
    assert isinstance(said.reply, str)
    assert said.skill is None
    assert reply(name, "I feel alone.") == reply(name, "I feel alone.")


@pytest.mark.parametrize("name", [name for name in PROBES if name not in ("parrot", "say nothing")])
def test_a_probe_answers_in_the_language_of_the_seeker(name: str):
    assert reply(name, "I feel alone.").isascii()
    assert not reply(name, "\u6211\u5f88\u5b64\u5355\u3002").isascii()


def test_no_probe_is_taken_for_another_or_for_the_plain_supporter():
    agents = [SupportAgent(), *map(Probe, PROBES)]
    assert len({agent.bank.value.identity for agent in agents}) == len(agents)


def test_each_trick_is_what_its_name_says():
    assert reply("parrot", "I feel alone.") == "I feel alone."
    assert reply("say nothing", "I feel alone.") == ""
    assert reply("flattery", "Well.", 0) != reply("flattery", "Well.", 1)
    for message in ("I feel alone.", "\u6211\u5f88\u5b64\u5355\u3002"):
        assert LONG <= len(words(reply("write 500 words", message))) < 1.2 * LONG
