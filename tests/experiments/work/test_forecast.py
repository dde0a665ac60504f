"""What a run takes is said before it is spent, and what is unknown is said to be unknown."""

import json
from pathlib import Path

import pytest
from command_line import esc
from fakes import Endpoint, serve

from esc_skills.experiments.files.profiles import sample_profiles
from esc_skills.experiments.setup.config import Experiment, load_experiment
from esc_skills.experiments.show.plan import plan_lines
from esc_skills.experiments.work.evolve import evolve
from esc_skills.experiments.work.forecast import Band, Forecast, measure
from esc_skills.experiments.work.plan import plan_of

PRICED = {"model": "openai/x", "price_in": 1.0, "price_out": 2.0}
CALLS = {"calls": 20_000}


def forecast_of(**entries: object) -> Forecast:
    return plan_of(Experiment.model_validate(entries)).forecast


def most(band: Band | None) -> float:
    assert band is not None
    assert band.high is not None
    assert band.low <= band.high
    return band.high


def test_calls_tokens_and_money_are_bands_and_money_follows_from_the_prices():
    found = forecast_of(budget=CALLS, model=PRICED)
    assert most(found.calls) == 20_000
    assert found.tokens is not None
    assert found.money is not None
    # every token costs between 1 and 2 for a million
    assert found.tokens.low / 1e6 < found.money.low < 2 * found.tokens.low / 1e6
    assert most(found.tokens) / 1e6 < most(found.money) < 2 * most(found.tokens) / 1e6


def test_the_list_of_prices_serves_where_the_configuration_names_none():
    assert forecast_of(budget=CALLS, model={"model": "openai/gpt-4.1-mini"}).money is not None


@pytest.mark.parametrize("role", ["supporter", "judge"])
def test_one_unknown_price_makes_the_money_unknown_and_never_zero(role: str):
    entries = {"budget": CALLS, "model": PRICED, "models": {role: {"model": "openai/no-such"}}}
    plan = plan_of(Experiment.model_validate(entries))
    assert plan.forecast.money is None
    assert plan.forecast.unpriced == ("openai/no-such",)
    assert any("Money: unknown, since the price of openai/no-such is" in line
               for line in plan_lines(plan))  # fmt: skip


def test_longer_profiles_take_more_tokens(tmp_path: Path):
    seekers = [profile.model_dump(mode="json") for profile in sample_profiles()]
    longer = [{**one, "persona": one["persona"] + " They keep bees." * 200} for one in seekers]
    file = tmp_path / "long.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in longer))
    usual, long = forecast_of(budget=CALLS), forecast_of(budget=CALLS, profiles=[str(file)])
    assert most(long.tokens) > 1.3 * most(usual.tokens)


@pytest.mark.parametrize("limit", [{"tokens": 2_000_000}, {"money": 2}])
def test_no_band_goes_beyond_the_budget(limit: dict[str, float]):
    found = forecast_of(budget={**CALLS, **limit}, model=PRICED)
    band = found.tokens if "tokens" in limit else found.money
    assert most(band) == next(iter(limit.values()))


def test_a_measured_dialogue_tells_the_time_and_the_run_does_not_pay_for_it_again(tmp_path: Path):
    def well(number: int) -> tuple[int, str | None, float]:
        return 200, None, 0

    def experiment(address: str) -> Experiment:
        return load_experiment(
            None,
            {"model.model": "openai/x", "model.api_base": address, "model.structured": False,
             "model.price_in": 1, "model.price_out": 2, "search.generations": 1,
             "search.train_rollouts": 2, "search.policy_trials": 0, "search.watch": None,
             "search.test_replicates": 1, "search.rule.max_pairs": 4, "threads": 4},
        )  # fmt: skip

    server = Endpoint(well)
    with serve(server) as address:
        result = evolve(experiment(address), tmp_path / "straight")
        straight, server.served = server.served, 0
        rollout = measure(experiment(address), tmp_path / "run")
        first, server.served = server.served, 0
        found = plan_of(experiment(address), rollout)
        assert server.served == 0
        again = evolve(experiment(address), tmp_path / "run")
    asked_at_the_start = first - rollout.spend.calls  # whether the models answer at all
    assert asked_at_the_start >= 1
    assert server.served == straight - rollout.spend.calls
    assert again.spend.calls == result.spend.calls
    assert found.forecast.seconds is not None
    assert found.forecast.seconds.low > 0
    assert found.forecast.measured == rollout.spend
    assert "Measured: one dialogue took 1 rollouts" in plan_lines(found)[-1]


def test_the_command_prints_it_for_people_and_scripts(tmp_path: Path):
    done = esc("evolve", "--plan", "--calls", "20000", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["forecast"]["calls"]["high"] == 20_000
    assert not list(tmp_path.iterdir())
