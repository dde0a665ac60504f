"""One experiment from configuration to result: models, run directory, search, observers."""

from collections.abc import Callable, Sequence
from pathlib import Path

from esc_skills.baselines import OPTIMIZERS
from esc_skills.optimizers.events import Observer, Result, Watcher
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.programs.support.deployment import PROGRAM_FILE
from esc_skills.signatures.rollouts import Rollout

from ..errors import UserError
from ..files.run_directory import RunDirectory
from ..setup.config import Experiment
from ..setup.seekers import split_of
from ..setup.session import open_session


def evolve(
    experiment: Experiment,
    directory: Path,
    observers: Sequence[Observer] = (),
    on_rollout: Callable[[Rollout], None] | None = None,
    watchers: Sequence[Watcher] = (),
) -> Result:
    """Run an experiment, or go on with it, and write its result.

    Raises:
        UserError: The configuration, a file, a model or the directory is bad.
    """
    split = split_of(experiment)
    with open_session(experiment) as session:
        run = RunDirectory(directory, experiment.identity)
        optimizer = SkillEvolution(
            session.runner(run.journal, on_rollout),
            experiment.search,
            observers=observers,
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
            raise UserError(str(error)) from error
        assert optimizer.result is not None  # compile sets it
    best.save(str(directory / PROGRAM_FILE))
    run.save_result(optimizer.result)
    return optimizer.result
