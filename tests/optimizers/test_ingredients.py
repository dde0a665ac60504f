from fakes import CountingEngine

from esc_skills.optimizers.events import Analysed, Event
from esc_skills.optimizers.proposing import propose
from esc_skills.optimizers.record import Record
from esc_skills.optimizers.settings import EvolutionSettings, Ingredient
from esc_skills.programs.models import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank

FAILED = "add juggling: an edit that was rejected"


def proposed(
    profiles: list[Profile], bank: Bank, *without: Ingredient
) -> tuple[str, tuple[object, ...]]:
    """(All that the models were asked, the credit that was reported) in one generation."""
    engine, events = CountingEngine(), list[Event]()

    def note(event: Event) -> None:
        events.append(event)

    record = Record(bank, [note])
    record.rejected.append(FAILED)
    settings = EvolutionSettings(train_rollouts=2, without=without)
    runner = Runner(Models(engines={"rehearsal": engine}), threads=2)
    propose(runner, SupportAgent(bank), profiles[:2], settings, record, 0)
    (analysed,) = (event for event in events if isinstance(event, Analysed))
    return " ".join(str(request) for request in engine.requests), analysed.credit


def test_the_editor_is_told_what_was_rejected_unless_it_does_without(profiles, bank):
    assert FAILED in proposed(profiles, bank)[0]
    assert FAILED not in proposed(profiles, bank, "rejected edits")[0]


def test_credit_is_read_off_the_dialogues_unless_the_search_does_without(profiles, bank):
    assert proposed(profiles, bank)[1]
    assert not proposed(profiles, bank, "credit")[1]
