"""One experiment from configuration to result: models, run directory, search, observers."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from esc_skills.baselines import OPTIMIZERS
from esc_skills.optimizers.events import (
    Decision,
    Event,
    Measured,
    Observer,
    Result,
    Started,
    Watcher,
)
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.signatures.rollouts import Rollout

from ..errors import UserError
from ..files.conducts import broken_by, keep_conduct, own_conduct, refuse_unsafe
from ..files.domains import keep_domain
from ..files.run_directory import RunDirectory
from ..rehearsal import REHEARSAL
from ..setup.config import Experiment
from ..setup.domains import conduct_file
from ..setup.roles_apart import warn_if_self_judged
from ..setup.seekers import split_of
from ..setup.session import open_session

logger = logging.getLogger(__name__)


def evolve(
    experiment: Experiment,
    directory: Path,
    observers: Sequence[Observer] = (),
    on_rollout: Callable[[Rollout], None] | None = None,
    watchers: Sequence[Watcher] = (),
) -> Result:
    """Run or resume an experiment, and write its result.

    Raises:
        UserError: The configuration, a file, a model or the directory is bad.
    """
    split = split_of(experiment)

    def keep(event: Event) -> None:
        """Write down what was found, at each step of the search."""
        accepted = isinstance(event, Decision) and event.accepted
        if accepted or isinstance(event, Started | Measured):
            run.save(optimizer.so_far, optimizer.incumbent)

    with open_session(experiment) as session:
        warn_if_self_judged(experiment)
        run = RunDirectory(directory, experiment.identity, experiment.concurrency)
        _warn_of_another_load(experiment, run)
        keep_conduct(conduct_file(experiment), directory)
        keep_domain(session.models.domain, directory)
        optimizer = SkillEvolution(
            session.runner(run.journal, on_rollout),
            experiment.search,
            observers=[keep, *observers],
            strategy=OPTIMIZERS[experiment.optimizer](),
            watchers=watchers,
        )
        try:
            best = optimizer.compile(
                session.agent,
                trainset=split.train,
                valset=split.validation,
                testset=split.test,
            )
        except ValueError as error:
            run.withdraw()
            raise UserError(str(error)) from error
        assert optimizer.result is not None  # compile sets it
    if not experiment.allow_unsafe:
        refuse_unsafe(broken_by(optimizer.result.final, own_conduct(directory)), directory)
    run.save(optimizer.result, best)
    return optimizer.result


def _warn_of_another_load(experiment: Experiment, run: RunDirectory) -> None:
    """Say so where the scores of a run with real servers are measured under several loads."""
    served = any(config.model != REHEARSAL for config in experiment.role_models.values())
    if served and len(run.concurrencies) > 1:
        logger.warning(
            "Warning: the scores of this run are measured at %s. Some servers answer differently "
            "under load; the report says so, too.",
            " and ".join(run.concurrencies),
        )
