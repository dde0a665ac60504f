"""What an audit of judges looks at: dialogues of a run, and which is compared with which."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from esc_skills.metrics.judges.judgement import Case
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

from ..errors import UserError, first_problem
from .profiles import SAMPLE_PROFILES, read_profiles
from .record_files import place_of, read_records
from .run_directory import read_experiment
from .run_transcripts import profiles_of

FEWEST = 4
"""Dialogues under which no figure of an audit says anything."""


def dialogues_of(path: Path, limit: int) -> list[Rollout]:
    """Whole dialogues of a run directory or a file of rollouts, spread over its seekers.

    Raises:
        UserError: There are none, or a record is no rollout.
    """
    if path.is_dir():
        journal = path / "journal.jsonl"
        entries = (entry for _, entry in read_records(journal) if isinstance(entry, dict))
        records = [entry.get("record", {}).get("rollout") for entry in entries]
        numbered = [(n, record) for n, record in enumerate(records, start=1) if record]
        path = journal
    else:
        numbered = list(read_records(path))
    rollouts = [_rollout(record, place_of(path, number)) for number, record in numbered]
    whole = [r for r in rollouts if r.valid and r.ending != "stopped"]
    if len(whole) < FEWEST:
        raise UserError(f"{path} must hold {FEWEST} whole dialogues, but has {len(whole)}.")
    return spread(whole, limit)


def spread(rollouts: Sequence[Rollout], limit: int) -> list[Rollout]:
    """At most `limit` of the dialogues, in pairs of one seeker that lie far apart in the run."""
    by_profile: defaultdict[str, list[Rollout]] = defaultdict(list)
    for rollout in rollouts:
        by_profile[rollout.profile].append(rollout)
    chosen: list[Rollout] = []
    left = list(by_profile.values())
    while left and len(chosen) < limit:
        for members in left:
            ends = {0, -1} if len(members) > 1 else {0}
            chosen += [members.pop(place) for place in sorted(ends)]
        left = [members for members in left if members]
    return sorted(chosen[:limit], key=lambda rollout: rollout.profile)


def cases_of(rollouts: Sequence[Rollout], profiles: Sequence[Profile]) -> list[Case]:
    """Each dialogue as a case; every second one of a seeker is compared with the one after it."""
    known = {profile.id: profile for profile in profiles}
    others: dict[int, Rollout] = {}
    for place, (ours, theirs) in enumerate(pairwise(rollouts)):
        if ours.profile == theirs.profile and place - 1 not in others:
            others[place] = theirs
    return [
        Case(rollout=rollout, profile=known.get(rollout.profile), other=others.get(place))
        for place, rollout in enumerate(rollouts)
    ]


def judged_seekers(path: Path, given: Sequence[Path]) -> list[Profile]:
    """The seekers' profiles: those given, else the run's own, else the packaged samples.

    Seekers of a run whose file has moved are missing.

    Raises:
        UserError: A file is bad.
    """
    if not given and path.is_dir():
        return list(profiles_of(read_experiment(path)).values())
    return read_profiles(list(given) or [SAMPLE_PROFILES])


def _rollout(record: object, place: str) -> Rollout:
    if isinstance(record, ValueError):
        raise UserError(f"{place}: must be JSON, but is not ({record}).")
    try:
        return Rollout.model_validate(record)
    except ValidationError as error:
        raise UserError(f"{place}: must be a rollout, but {first_problem(error)}.") from error
