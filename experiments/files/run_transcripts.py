"""The dialogues in a run directory, without touching it: the run may still go on."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError, first_problem
from ..setup.config import Experiment
from ..setup.domains import profile_files
from .profiles import read_profiles
from .record_files import place_of, read_records
from .run_directory import read_experiment, read_result


def read_run(path: Path, known: Mapping[str, Profile]) -> Iterator[Transcript]:
    """Whole dialogues of a run; of a finished one, those of the banks that were ever kept.

    Refused candidates of a finished run are left out: they were given up where they did badly, so
    the dialogues that they got to play say little of them.

    Args:
        path: The run directory.
        known: Seekers by id; those of the run's own profile files where empty.

    Raises:
        UserError: The run is of another version, or its journal is damaged.
    """
    experiment = read_experiment(path)
    simulator = experiment.simulator
    known = known or profiles_of(experiment)
    banks = _bank_names(path)
    seen: set[tuple[str, str, int]] = set()
    for rollout in _rollouts(path / "journal.jsonl"):
        cell = (rollout.bank, rollout.profile, rollout.replicate)
        if rollout.ending == "stopped" or cell in seen or (banks and rollout.bank not in banks):
            continue
        seen.add(cell)
        yield Transcript(
            simulator=simulator,
            supporter=f"{path.name}/{banks.get(rollout.bank, rollout.bank[:8])}",
            profile=known.get(rollout.profile),
            rollout=rollout,
        )


def profiles_of(experiment: Experiment) -> dict[str, Profile]:
    """The seekers of a run by id; those whose file has moved are missing."""
    files = profile_files(experiment)
    return {profile.id: profile for profile in read_profiles([f for f in files if f.exists()])}


def _bank_names(path: Path) -> dict[str, str]:
    """Names of the kept banks of a finished run, by identity, as their files are numbered."""
    if not (path / "result.json").exists():
        return {}
    banks = enumerate(read_result(path).banks)
    return {bank.identity: f"bank {number:02d}" for number, bank in banks}


def _rollouts(journal: Path) -> Iterator[Rollout]:
    damaged = ""
    for number, entry in read_records(journal):
        place = place_of(journal, number)
        if damaged:
            raise UserError(f"{damaged}: must be JSON, but is not. Remove the line.")
        if isinstance(entry, ValueError):
            damaged = place  # a torn last line is what a kill leaves behind
            continue
        record: Any = entry.get("record") if isinstance(entry, dict) else None
        if not isinstance(record, dict) or "rollout" not in record:
            continue
        try:
            yield Rollout.model_validate(record["rollout"])
        except ValidationError as error:
            raise UserError(f"{place}: must be a rollout, but: {first_problem(error)}.") from error
