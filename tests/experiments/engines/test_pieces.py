"""Budgets of pieces hold exactly, wherever and however many at once they are executed."""

from typing import Any

import pytest
from fakes import Endpoint, at, serve

from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Inline, Threads
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank


def flaky(number: int) -> tuple[int, str | None, float]:
    """Fails three times in ten."""
    return (503, "overloaded", 0) if number % 10 in (2, 5, 8) else (200, None, 0)


PRICES = {"price_in": 1.0, "price_out": 2.0, "max_tokens": 64}


@pytest.mark.parametrize(
    "limit", [{"calls": 100}, {"tokens": 6_000}, {"money": 0.006}, {"rollouts": 3}], ids=str
)
def test_no_budget_is_exceeded_where_three_requests_in_ten_fail(
    limit: dict[str, Any], profiles: list[Profile], bank: Bank
):
    endpoint, budget = Endpoint(flaky), Budget.model_validate(limit)
    with serve(endpoint) as address:
        models = Models(at(address, retries=1, **PRICES), ledger=Ledger(budget))
        for health in models.healths.values():
            health.patience = None
        runner = Runner(models, threads=4)
        # what a failed request is waited for is of no interest here
        models.ledger.rest = lambda seconds: None  # type: ignore[method-assign]
        runner.play(SupportAgent(bank), [(profile, 0) for profile in profiles[:6]], turns=3)
    spend = models.ledger.spend
    assert spend.calls == endpoint.served
    assert budget.exceeded_by(spend) is None


def test_which_dialogues_a_budget_of_tokens_holds_does_not_depend_on_how_many_are_at_once(
    profiles: list[Profile], bank: Bank
):
    def played(work: Inline | Threads) -> tuple[list[str], int]:
        ledger = Ledger(Budget(tokens=120_000))
        models = Models(engines={"rehearsal": RehearsalEngine()}, ledger=ledger)
        pairs = [(profile, 0) for profile in profiles]
        rollouts = Runner(models, work=work).play(SupportAgent(bank), pairs)
        return [rollout.profile for rollout in rollouts], ledger.spend.tokens

    alone = played(Inline())
    assert alone == played(Threads(8))
    assert alone[0]
    assert alone[1] <= 120_000
