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
