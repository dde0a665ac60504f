from collections.abc import Callable
from itertools import count

import pytest
from dspy.lm15 import Request, Response, ServerError
from fakes import ScriptedEngine

from esc_skills import Bank, Budget, EvolutionSettings, SupportAgent, rehearsal_runner
from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.optimizers.sealed_test import (
    cost_of_test,
    plays_no_bank,
    replicates_of,
    run_sealed_test,
)
from esc_skills.programs.models.roles import ModelConfig, Models
from esc_skills.programs.runner import Runner
from esc_skills.signatures.rollouts import Spend

SETTINGS = EvolutionSettings(test_replicates=1, watch=None)


def test_an_agent_that_started_with_skills_is_also_compared_with_no_bank(bank, profiles):
    first, final = SupportAgent(bank), SupportAgent(Bank(skills=bank.skills[:1]))
    found = run_sealed_test(rehearsal_runner(), SETTINGS, first, final, profiles[:4])
    assert found is not None
    assert found.no_bank is not None
    levels = found.no_bank.level.score, found.after.score
    assert abs(found.no_bank.gain.mean - (levels[1].mean - levels[0].mean)) < 1e-9


def test_an_empty_first_bank_is_no_bank_and_is_played_once(bank, profiles):
    runner = rehearsal_runner()
    found = run_sealed_test(runner, SETTINGS, SupportAgent(), SupportAgent(bank), profiles[:4])
    assert found is not None
    assert found.no_bank is None
    assert runner.ledger.spend.rollouts == 8


def test_the_level_of_no_bank_can_be_left_out(bank, profiles):
    settings = SETTINGS.model_copy(update={"test_no_bank": False})
    agent = SupportAgent(bank)
    found = run_sealed_test(rehearsal_runner(), settings, agent, agent, profiles[:2])
    assert found is not None
    assert found.no_bank is None


def test_the_test_costs_what_is_reserved_for_it_at_most(bank, profiles):
    agent, runner = SupportAgent(bank), rehearsal_runner()
    most = cost_of_test(runner, SETTINGS, 4, plays_no_bank(SETTINGS, agent))
    run_sealed_test(
        runner, SETTINGS, agent, SupportAgent(Bank(skills=bank.skills[:1])), profiles[:4]
    )
    assert runner.ledger.spend.rollouts == most.rollouts == 12
    assert runner.ledger.spend.calls <= most.calls


@pytest.mark.parametrize(
    ("budget", "each"),
    [
        (None, 4),
        ({"tokens": 1_000_000}, 4),
        ({"calls": 400}, 1),
        ({"calls": 2000}, 2),
        ({"calls": 8000}, 6),
        ({"calls": 100_000}, 8),
        ({"rollouts": 96}, 3),
    ],
)
def test_the_test_plays_as_often_as_a_quarter_of_the_budget_allows(budget, each):
    runner = rehearsal_runner(budget=budget and Budget(**budget))
    assert replicates_of(runner, EvolutionSettings(), 4) == each
    assert replicates_of(runner, SETTINGS, 4) == 1


def test_what_the_search_leaves_goes_into_further_dialogues_of_the_test(bank, profiles):
    settings = EvolutionSettings(watch=None)
    for left, each in ((800, 3), (3000, 8)):
        runner = rehearsal_runner(budget=Budget(calls=left + 100))
        runner.ledger.add(Spend(calls=100))
        found = run_sealed_test(runner, settings, SupportAgent(), SupportAgent(bank), profiles[:4])
        assert found is not None
        assert (found.gain.n, found.missing) == (4 * each, 0)
        assert runner.ledger.spend.calls <= left + 100


def test_a_bank_that_did_not_change_is_not_tested_any_longer(profiles):
    runner, agent = rehearsal_runner(budget=Budget(calls=3000)), SupportAgent()
    found = run_sealed_test(runner, EvolutionSettings(), agent, agent, profiles[:4])
    assert found is not None
    assert found.gain.n == 4 * replicates_of(runner, EvolutionSettings(), 4)


def test_a_budget_that_ends_before_the_test_leaves_nothing_to_compare(bank, profiles):
    runner = rehearsal_runner(budget=Budget(rollouts=2))
    agent = SupportAgent(bank)
    assert run_sealed_test(runner, SETTINGS, agent, SupportAgent(), profiles[:4]) is None


def failing_runner(fails: Callable[[int], bool]) -> Runner:
    """A rehearsal whose requests fail by their number."""
    engine, numbers = RehearsalEngine(), count()

    class Failing(ScriptedEngine):
        def complete(self, request: Request) -> Response:
            if fails(next(numbers)):
                raise ServerError("down for a moment")
            return engine.complete(request)

    config = ModelConfig(model="failing", retries=0, outage_after=1000)
    return Runner(Models(config, engines={"failing": Failing(str)}), threads=1)


def test_dialogues_that_a_failing_model_ended_are_played_again(bank, profiles):
    runner = failing_runner(lambda number: number % 50 == 49)
    found = run_sealed_test(runner, SETTINGS, SupportAgent(), SupportAgent(bank), profiles[:4])
    assert found is not None
    assert (found.missing, found.gain.n) == (0, 4)
    undisturbed = run_sealed_test(
        failing_runner(lambda number: False), SETTINGS, SupportAgent(), SupportAgent(bank),
        profiles[:4],
    )  # fmt: skip
    assert undisturbed is not None
    assert found.gain == undisturbed.gain


def test_pairs_that_stay_missing_are_counted(bank, profiles):
    runner = failing_runner(lambda number: number > 200)
    found = run_sealed_test(runner, SETTINGS, SupportAgent(), SupportAgent(bank), profiles[:4])
    assert found is not None
    assert found.missing == 4 - found.gain.n > 0
