"""What an experiment can show, worked out before anything is spent."""

from esc_skills.metrics.evidence.planning import reach_of_test, seekers_for
from esc_skills.optimizers.sealed_test import cost_of_test, plays_no_bank, replicates_of
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout

from ..rehearsal.models import rehearsal_models
from ..setup.config import Experiment
from ..setup.seekers import split_of
from ..setup.session import first_bank, guard_of
from .forecast import Forecast, forecast

REACHES = (10, 5)
"""Points to either side for which a plan says how many test seekers they take."""


class Plan(Frozen):
    """Seekers, sealed test and search of an experiment."""

    train: int
    validation: int
    test: int
    """Seekers of each part."""
    replicates: int
    """Dialogues of the sealed test with each of its seekers, for each of its agents."""
    test_dialogues: int
    test_calls: int
    """Calls that the sealed test takes at most."""
    reach: float
    """Points to either side of the gain that its 95% interval will reach."""
    needed: dict[int, int | None]
    """Test seekers with whom it would reach this many points; None where none suffice."""
    search_calls: int | None
    """Calls left to the search; None where the budget is not one of calls."""
    search_dialogues: int | None
    """Dialogues left to it; None where the budget is not one of dialogues."""
    other_limits: tuple[str, ...]
    """Other kinds that the budget limits."""
    forecast: Forecast


def plan_of(experiment: Experiment, measured: Rollout | None = None) -> Plan:
    """Work out a plan; asks no model.

    Args:
        experiment: What is to be run.
        measured: A dialogue that its models have played, for the forecast.

    Raises:
        UserError: A file of the experiment is bad.
    """
    split, agent = split_of(experiment), SupportAgent(first_bank(experiment))
    settings, budget = experiment.search, experiment.budget
    # what a dialogue costs at most depends on the guard, not on the models
    models = rehearsal_models(budget=budget)
    runner = Runner(models, threads=1, guard=guard_of(experiment))
    seekers, no_bank = len(split.test), plays_no_bank(settings, agent)
    replicates = replicates_of(runner, settings, seekers, no_bank)
    cost = cost_of_test(runner, settings, seekers, no_bank)
    runner.close()
    return Plan(
        train=len(split.train),
        validation=len(split.validation),
        test=seekers,
        replicates=replicates,
        test_dialogues=cost.rollouts,
        test_calls=cost.calls,
        reach=reach_of_test(seekers, replicates),
        needed={reach: seekers_for(reach, replicates) for reach in REACHES},
        search_calls=None if budget.calls is None else budget.calls - cost.calls,
        search_dialogues=None if budget.rollouts is None else budget.rollouts - cost.rollouts,
        other_limits=tuple(k for k in ("tokens", "money") if getattr(budget, k) is not None),
        forecast=forecast(experiment, cost, measured),
    )
