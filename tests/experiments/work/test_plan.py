import re

import pytest

from esc_skills.experiments.setup.config import Experiment
from esc_skills.experiments.show.plan import plan_lines
from esc_skills.experiments.work.plan import plan_of
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.models.ledger import Budget


def told(**entries: object) -> str:
    return "\n".join(plan_lines(plan_of(Experiment.model_validate(entries))))


def test_a_plan_says_what_the_test_can_show_and_what_is_left_to_the_search():
    plan = plan_of(Experiment(budget=Budget(calls=20_000)))
    assert (plan.train, plan.validation, plan.test) == (6, 6, 12)
    assert plan.test_dialogues == 2 * 12 * plan.replicates
    assert plan.search_calls == 20_000 - plan.test_calls
    assert plan.needed[5] is not None
    assert plan.needed[10] is not None
    assert plan.needed[5] > plan.needed[10] > plan.test


def test_more_dialogues_with_each_seeker_narrow_the_interval_only_so_far():
    few, many = (
        plan_of(Experiment(search=EvolutionSettings(test_replicates=n))).reach for n in (1, 100)
    )
    assert few > many > 10


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"budget": {"calls": 200}}, "does not even hold the sealed test"),
        ({"budget": {"rollouts": 400}}, "304 dialogues are left"),
        ({}, "generations and patience end it"),
    ],
)
def test_the_last_line_is_about_the_budget(entries: dict[str, object], words: str):
    assert words in told(**entries)


def test_a_plan_without_test_seekers_says_so():
    words = told(split={"train": 0.6, "validation": 0.4, "test": 0})
    assert re.search("Without test seekers", words)


def test_a_plan_without_a_budget_knows_the_least_and_no_most():
    words = told()
    assert re.search(r"whole run: at least \d+; nothing bounds it. Set a budget", words)
    assert "Time: unknown; --measure plays one dialogue" in words


@pytest.mark.parametrize(
    ("budget", "kind"), [({"tokens": 3_000_000}, "tokens"), ({"money": 5}, "money")]
)
def test_a_budget_of_tokens_or_money_ends_the_search(budget: dict[str, object], kind: str):
    priced = {"model": "openai/x", "price_in": 1, "price_out": 2}
    found = plan_of(Experiment.model_validate({"budget": budget, "model": priced}))
    assert f"Search: the budget of {kind} ends it." in plan_lines(found)
    assert found.forecast.calls.high is not None
