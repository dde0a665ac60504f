import pytest
from fakes import CountingEngine

from esc_skills.metrics.statistics import ChallengeRule
from esc_skills.optimizers.events import Event, Result
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.optimizers.peers import OPTIMIZERS, strategy_of
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.ledger import Budget, Ledger
from esc_skills.programs.models import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank

SMALL = EvolutionSettings(
    generations=2,
    rule=ChallengeRule(error_rate=0.2, max_pairs=16),
    test_replicates=1,
)


def run(
    name: str,
    profiles: list[Profile],
    bank: Bank,
    *,
    budget: Budget,
    threads: int = 2,
) -> tuple[Result, list[Event]]:
    models = Models(engines={"rehearsal": CountingEngine()}, ledger=Ledger(budget))
    events: list[Event] = []
    runner = Runner(models, threads=threads)
    optimizer = SkillEvolution(runner, SMALL, observers=[events.append], strategy=strategy_of(name))
    best = optimizer.compile(
        SupportAgent(bank), trainset=profiles[:6], valset=profiles[6:12], testset=profiles[12:16]
    )
    assert optimizer.result is not None
    assert best.bank.value == optimizer.result.final
    return optimizer.result, events


PEERS = [name for name in OPTIMIZERS if name not in ("evolution", "skillopt")]


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("budget", [Budget(rollouts=70), Budget(calls=1500)])
def test_a_peer_keeps_the_budget_and_ends_with_a_valid_bank_and_a_sealed_test(
    name, budget, profiles, bank
):
    result, events = run(name, profiles, bank, budget=budget)
    assert budget.exceeded_by(result.spend) is None
    assert Bank.model_validate_json(result.final.model_dump_json()) == result.final
    assert result.test is not None
    assert result.stopped
    assert events[-1] is result
