import io

from fakes import said
from rich.console import Console

from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.show.progress import SearchProgress
from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.optimizers.events import Measured
from esc_skills.signatures.rollouts import Spend


def test_the_bar_counts_the_calls_that_the_log_counts():
    experiment = load_experiment(None, {"budget.calls": 1000})
    progress = SearchProgress(Console(file=io.StringIO()), experiment)
    score = Interval(low=0, mean=1, high=2, n=3)
    progress(Measured(step=0, bank="b", score=score, spend=Spend(rollouts=5, calls=400)))
    assert progress.spent == "5 rollouts, 400 calls"  # among them replies outside of dialogues
    progress.on_rollout(said("p", "r").model_copy(update={"spend": Spend(rollouts=1, calls=20)}))
    assert progress.spent == "6 rollouts, 420 calls"


def shown(spend: Spend, **entries: object) -> SearchProgress:
    entries = {f"budget.{name}": limit for name, limit in entries.items()}
    progress = SearchProgress(Console(file=io.StringIO()), load_experiment(None, entries))
    score = Interval(low=0, mean=1, high=2, n=3)
    progress(Measured(step=0, bank="b", score=score, spend=spend))
    return progress


def test_the_time_left_is_that_of_whatever_part_of_the_budget_ends_first():
    spend = Spend(rollouts=5, calls=400, tokens_in=300, money=4)
    assert shown(spend, calls=1000, money=5).share == 0.8
    assert shown(spend, calls=500, tokens=1000).share == 0.8
    assert shown(spend).share is None


def test_money_stands_beside_the_bar_and_an_unknown_price_is_no_zero():
    assert shown(Spend(rollouts=5, calls=400, money=4)).spent == "5 rollouts, 400 calls, money 4.00"
    assert shown(Spend(calls=4, unpriced=4)).spent == "0 rollouts, 4 calls, money unknown"
