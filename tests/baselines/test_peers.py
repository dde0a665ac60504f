from typing import Any

import pytest
from fakes import CountingEngine, text_response, without_time

from esc_skills.baselines import OPTIMIZERS
from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.events import Analysed, Decision, Event, Result
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import AddSkill
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank

SMALL = EvolutionSettings(
    generations=1,
    edits_first=3,
    train_rollouts=6,
    rule=ChallengeRule(error_rate=0.2, max_pairs=8),
    look_every=4,
    test_replicates=1,
)


def run(
    name: str,
    profiles: list[Profile],
    bank: Bank,
    *,
    budget: Budget,
    threads: int = 2,
    journal: Journal | None = None,
    engine: object | None = None,
) -> tuple[Result, list[Event]]:
    models = Models(engines={"rehearsal": engine or CountingEngine()}, ledger=Ledger(budget))
    events: list[Event] = []

    def note(event: Event) -> None:
        events.append(event)

    runner = Runner(models, threads=threads, journal=journal)
    optimizer = SkillEvolution(runner, SMALL, observers=[note], strategy=OPTIMIZERS[name]())
    best = optimizer.compile(
        SupportAgent(bank), trainset=profiles[:6], valset=profiles[6:11], testset=profiles[11:13]
    )
    assert optimizer.result is not None
    assert best.bank.value == optimizer.result.final
    return optimizer.result, events


PEERS = [name for name in OPTIMIZERS if name != "evolution"]


def is_sound(result: Result, events: list[Event], budget: Budget) -> None:
    """The budget was kept, and there are a valid bank and a sealed test."""
    assert budget.exceeded_by(result.spend) is None
    assert Bank.model_validate_json(result.final.model_dump_json()) == result.final
    assert result.test is not None
    assert events[-1] is result
    assert list(result.decisions) == [event for event in events if isinstance(event, Decision)]
    assert len(result.banks) == 1 + sum(decision.accepted for decision in result.decisions)


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_keeps_a_budget_of_calls_and_ends_with_a_valid_bank_and_a_sealed_test(
    name, profiles, bank
):
    budget = Budget(calls=700)
    is_sound(*run(name, profiles, bank, budget=budget), budget)


@pytest.mark.parametrize("name", ["gepa", "simba"])
def test_a_peer_keeps_a_budget_whose_rollouts_nobody_knows_beforehand(name, profiles, bank):
    result, _ = run(name, profiles, bank, budget=Budget(tokens=600_000), threads=1)
    assert result.spend.tokens < 610_000
    assert "tokens" in result.stopped or "budget" in result.stopped


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_keeps_a_budget_of_rollouts_prints_nothing_and_decides_alike_on_any_threads(
    name, profiles, bank, capfd
):
    budget = Budget(rollouts=35)
    one, four = (run(name, profiles, bank, budget=budget, threads=n) for n in (1, 4))
    assert without_time(one[0]) == without_time(four[0])
    is_sound(*four, budget)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_without_a_budget_ends(name, profiles, bank):
    assert "budget" not in run(name, profiles, bank, budget=Budget())[0].stopped


@pytest.mark.parametrize("name", ["random", "gepa", "miprov2", "simba"])
def test_a_peer_that_starts_again_pays_for_nothing_twice(name, profiles, bank):
    journal = Journal()
    first, second = (
        run(name, profiles, bank, budget=Budget(rollouts=35), journal=journal)[0] for _ in range(2)
    )
    assert without_time(first) == without_time(second)


def test_a_peer_starts_from_an_empty_bank_and_may_add_skills(profiles):
    result, events = run("gepa", profiles, Bank(), budget=Budget(rollouts=120))
    analysed = [event for event in events if isinstance(event, Analysed)]
    assert any(isinstance(edit, AddSkill) for event in analysed for edit in event.edits)
    assert result.test is not None


def test_a_disk_that_fails_ends_a_peer_and_is_no_score_of_zero(profiles, bank):
    class FullDisk(Journal):
        def put(self, key: str, record: dict[str, Any]) -> None:
            if len(self) > 30:
                raise OSError("No space left on device")
            super().put(key, record)

    for name in ("gepa", "miprov2", "simba"):
        with pytest.raises(OSError, match="No space left"):
            run(name, profiles, bank, budget=Budget(rollouts=100), journal=FullDisk())


class Babbling(CountingEngine):
    """The rehearsal, with an editor whose answers nobody can read."""

    def complete(self, request):
        if request.system and "persona" not in request.system and "reply" not in request.system:
            return text_response(request, "certainly!")
        return super().complete(request)


@pytest.mark.parametrize("name", ["random", "gepa", "gepa-paired", "miprov2", "simba"])
def test_a_babbling_editor_ends_a_peer_without_a_crash(name, profiles, bank):
    result, _ = run(name, profiles, bank, budget=Budget(rollouts=40), engine=Babbling())
    assert result.stopped
    assert result.test is not None


def test_random_goes_on_where_an_accepted_edit_takes_away_what_the_next_one_names(
    profiles, bank, monkeypatch
):
    def accept(task, candidate, edits) -> bool:
        task.record.decide(edits, candidate, accepted=True, gate="challenge", reason="a test")
        return True

    monkeypatch.setattr("esc_skills.baselines.random_edits.challenge_candidate", accept)
    result, _ = run("random", profiles, bank, budget=Budget())
    assert sum(decision.accepted for decision in result.decisions) > 1
