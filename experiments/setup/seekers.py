"""The seekers of an experiment, and those of an evaluation."""

from pathlib import Path
from typing import Literal

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile

from ..errors import UserError
from ..files.profiles import Split, read_profiles, split_profiles
from ..files.run_directory import read_experiment, run_of
from .config import Experiment
from .domains import profile_files

Part = Literal["test", "validation", "train", "all"]
"""Seekers of a run: kept for its sealed test, decided on, learnt from; or all of them."""


def seekers_of(experiment: Experiment) -> list[Profile]:
    """The profiles of an experiment, with the habits of speech that it gives them.

    Raises:
        UserError: A file of profiles is bad.
    """
    profiles = read_profiles(profile_files(experiment))
    if experiment.seekers is None:
        return profiles
    return [profile.model_copy(update={"behaviour": experiment.seekers}) for profile in profiles]


def split_of(experiment: Experiment) -> Split:
    """The profiles of an experiment, split.

    Raises:
        UserError: A file of profiles is bad, or a part with a share gets no profile.
    """
    shares = experiment.split
    return split_profiles(
        seekers_of(experiment),
        train=shares.train,
        validation=shares.validation,
        test=shares.test,
        seed=experiment.seed,
    )


class Chosen(Frozen):
    """The seekers of an evaluation."""

    profiles: tuple[Profile, ...]
    origin: str
    """Which seekers they are, in words."""
    seen: tuple[str, ...]
    """Ids of those that the bank's own run learnt from or decided on; they flatter the bank."""


def choose_seekers(
    experiment: Experiment, part: Part | None = None, limit: int | None = None
) -> Chosen:
    """The seekers to evaluate a bank with: of a run's bank, those of its sealed test.

    Args:
        experiment: Its bank may be one of a run; its profiles, if any, are used as they are.
        part: Which of the run's seekers, instead of those of the sealed test.
        limit: So many at most, the first ones.

    Raises:
        UserError: A file is bad, or there are no such seekers.
    """
    run = run_of(experiment.bank) if experiment.bank else None
    if run is None or experiment.profiles:
        if part not in (None, "all"):
            raise UserError(
                f"the {part} seekers are those of a run, so --bank must be a run directory and "
                "--profiles must not be given. Leave out --split, or give such a bank."
            )
        given = "the given seekers" if experiment.profiles else "the sample seekers"
        profiles = tuple(seekers_of(experiment)[:limit])
        used = _used(_run_split(experiment, run)) if run else set()
        return _chosen(profiles, given, used)
    part, split = part or "test", _run_split(experiment, run)
    parts = {
        "train": split.train,
        "validation": split.validation,
        "test": split.test,
        "all": (*split.train, *split.validation, *split.test),
    }
    profiles = parts[part][:limit]
    if not profiles:
        raise UserError(
            f"the run {run} must have {part} seekers, but has none. Give --split all or --profiles."
        )
    names = {"test": "sealed test", "train": "training"}
    return _chosen(profiles, f"the {names.get(part, part)} seekers of {run}", _used(split))


def _run_split(experiment: Experiment, run: Path) -> Split:
    """The split of a run, with the habits of speech that are asked for, or else the run's own."""
    own = read_experiment(run)
    if experiment.seekers is not None:
        own = own.model_copy(update={"seekers": experiment.seekers})
    return split_of(own)


def _used(split: Split) -> set[str]:
    """Ids of the seekers that a run has learnt from or decided on."""
    return {profile.id for profile in (*split.train, *split.validation)}


def _chosen(profiles: tuple[Profile, ...], origin: str, used: set[str]) -> Chosen:
    seen = tuple(profile.id for profile in profiles if profile.id in used)
    return Chosen(profiles=profiles, origin=origin, seen=seen)
