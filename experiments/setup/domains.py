"""The domain of an experiment, and what the domain's folder gives where nothing else is named."""

from pathlib import Path

from esc_skills.programs.conduct.rules import Conduct
from esc_skills.programs.support.deployment import CONDUCT_FILE
from esc_skills.signatures.domains import Domain

from ..errors import UserError
from ..files.conducts import conduct_of
from ..files.domains import domain_named, own_domain
from ..files.run_directory import run_of
from .config import Experiment

PROFILES, CONDUCT = "profiles.jsonl", CONDUCT_FILE


def domain_of(experiment: Experiment) -> Domain:
    """What an experiment is about: what it names, or what its bank's run is about.

    Raises:
        UserError: There is no such domain, or it is damaged.
    """
    if experiment.domain is not None:
        return domain_named(experiment.domain)
    run = run_of(experiment.bank) if experiment.bank else None
    return own_domain(run or Path())


def conduct_file(experiment: Experiment) -> Path | None:
    """The rules that an experiment or its domain names; None for the packaged ones.

    Raises:
        UserError: The domain is damaged.
    """
    domain = domain_of(experiment)
    run = run_of(experiment.bank) if experiment.bank else None
    if experiment.conduct or domain.folder or run is None:
        return experiment.conduct or domain.file(CONDUCT)
    kept = run / CONDUCT_FILE  # the domain is the run's own, which came without its folder
    return kept if kept.exists() else None


def conduct_for(experiment: Experiment) -> Conduct:
    """The conduct of an experiment.

    Raises:
        UserError: The file cannot be read, or an entry is not valid.
    """
    return conduct_of(conduct_file(experiment))


def profile_files(experiment: Experiment) -> tuple[Path, ...]:
    """The files of an experiment's seekers: those that it names, or its domain's sample.

    Raises:
        UserError: The domain is damaged, or has no sample.
    """
    if experiment.profiles:
        return experiment.profiles
    domain = domain_of(experiment)
    sample = domain.file(PROFILES)
    if sample is None:
        raise UserError(
            f"the domain {domain.name!r} has no {PROFILES} to play with. Name a file of seekers "
            "with --profiles."
        )
    return (sample,)
