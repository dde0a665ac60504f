"""No budget of any kind is exceeded on any engine, by the books of the one who sends the bill."""

from collections.abc import Callable
from typing import Any

import pytest
from fakes import at

from esc_skills.experiments.bench.endpoint import Books, rehearsal_endpoint
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Threads, Work
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank

pytestmark = pytest.mark.slow
IN, OUT = 1.0, 2.0
"""Money for a million tokens."""
FAULTS = 0.3


def on_ray() -> Work:
    pytest.importorskip("ray")
    from esc_skills.experiments.engines.ray_work import RayWork

    return RayWork(4, workers=2)


@pytest.mark.parametrize("engine", [lambda: Threads(4), on_ray], ids=["threads", "ray"])
@pytest.mark.parametrize(
    "limit",
    [{"calls": 70}, {"tokens": 90_000}, {"money": 0.1}, {"rollouts": 3}, {"calls": 1}],
    ids=lambda limit: " ".join(limit),
)
def test_no_budget_is_exceeded_where_three_requests_in_ten_fail(
    engine: Callable[[], Work], limit: dict[str, Any], profiles: list[Profile], bank: Bank
):
    books, budget = Books(FAULTS), Budget.model_validate(limit)
    with rehearsal_endpoint(books) as address:
        config = at(address, retries=1, price_in=IN, price_out=OUT, max_tokens=400)
        models = Models(config, ledger=Ledger(budget))
        runner = Runner(models, work=engine())
        played = runner.play(SupportAgent(bank), [(profile, 0) for profile in profiles[:8]])
        runner.close()
    money = (books.tokens_in * IN + books.tokens_out * OUT) / 1e6
    billed = models.ledger.spend.model_copy(
        update={
            "calls": books.requests,
            "tokens_in": books.tokens_in,
            "tokens_out": books.tokens_out,
            "money": money,
            "rollouts": len(played),
        }
    )
    print(f"\n{limit} on {type(runner.work).__name__}: {books.requests} requests, "  # noqa: T201
          f"{billed.tokens} tokens, {money:.4f} money, {len(played)} rollouts")  # fmt: skip
    assert budget.exceeded_by(billed) is None
    assert models.ledger.spend.calls == books.requests
    assert models.ledger.spend.tokens == billed.tokens
