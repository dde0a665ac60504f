"""One experiment from configuration to result: models, run directory, search, observers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from esc_skills.baselines import strategy_of
from esc_skills.optimizers.events import Observer, Result, Watcher
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.programs.models.ledger import Ledger
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.deployment import PROGRAM_FILE
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from ..errors import UserError
from ..files.banks import read_bank
from ..files.profiles import SAMPLE_PROFILES, Split, read_profiles, split_profiles
from ..files.run_directory import RunDirectory
from ..setup.config import Experiment
from ..setup.models import REHEARSAL, open_models, require_answers


def seekers_of(experiment: Experiment) -> list[Profile]:
    """The profiles of an experiment, with the habits of speech that it gives them."""
    profiles = read_profiles(experiment.profiles or (SAMPLE_PROFILES,))
    if experiment.seekers is None:
        return profiles
    return [profile.model_copy(update={"behaviour": experiment.seekers}) for profile in profiles]


def split_of(experiment: Experiment) -> Split:
    """The profiles of an experiment, split."""
    shares = experiment.split
    return split_profiles(
        seekers_of(experiment),
        train=shares.train,
        validation=shares.validation,
        test=shares.test,
        seed=experiment.seed,
    )


def first_bank(experiment: Experiment) -> Bank:
    """The bank that an experiment starts from."""
    return read_bank(experiment.bank) if experiment.bank else Bank()


@contextmanager
def open_runner(
    experiment: Experiment,
    run: RunDirectory,
    on_rollout: Callable[[Rollout], None] | None = None,
) -> Iterator[Runner]:
    """A runner with the experiment's models, budget, seed and memory; stopped at the end.

    Raises:
        UserError: A model does not answer.
    """
    with open_models(experiment.role_models, Ledger(experiment.budget)) as models:
        if any(config.model != REHEARSAL for config in models.configs.values()):
            require_answers(models.with_ledger(Ledger()))  # no part of what the search spends
        runner = Runner(
            models,
            journal=run.journal,
            seed=experiment.seed,
            threads=experiment.threads,
            on_rollout=on_rollout,
            seeker=experiment.seeker,
        )
        try:
            yield runner
        finally:
            runner.close()


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
    split, bank = split_of(experiment), first_bank(experiment)
    run = RunDirectory(directory, experiment.identity)
    with open_runner(experiment, run, on_rollout) as runner:
        optimizer = SkillEvolution(
            runner,
            experiment.search,
            observers=observers,
            strategy=strategy_of(experiment.optimizer),
            watchers=watchers,
        )
        try:
            best = optimizer.compile(
                SupportAgent(bank),
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
