"""The audit of a set of seekers by dialogues that were played: one audit for each simulator."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from esc_skills.metrics.seekers.profile_sets import SetAudit, audit_set
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError
from ..files.transcripts import read_transcripts


def audit_profiles(
    transcripts: Sequence[Path],
    *,
    simulator: str | None = None,
    profiles: Sequence[Path] = (),
    seed: int = 0,
) -> dict[str, SetAudit]:
    """How well a set of seekers tells supporters apart, by simulator.

    Args:
        transcripts: Transcript files, run directories, or directories that hold some; of several
            supporters with the same seekers.
        simulator: Simulator of files whose name does not say it.
        profiles: Files of the seekers.
        seed: Seed of the resampling.

    Raises:
        UserError: A file is bad, or there are not two supporters that share two profiles.
    """
    read = read_transcripts(transcripts, simulator=simulator, profiles=profiles)
    return audit_sets(read, seed)


def audit_sets(transcripts: Iterable[Transcript], seed: int = 0) -> dict[str, SetAudit]:
    """The audits by simulator, whose levels are never put together.

    Raises:
        UserError: There are not two supporters that share two profiles.
    """
    finals: defaultdict[str, defaultdict[str, defaultdict[str, list[float]]]]
    finals = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in transcripts:
        if row.rollout.counted_score is not None:
            found = finals[row.simulator][row.supporter][row.rollout.profile]
            found.append(100 * row.rollout.counted_score)
    if not finals:
        raise UserError("an audit needs whole valid dialogues, but there is none.")
    return {name: _audit(name, finals[name], seed) for name in sorted(finals)}


def _audit(simulator: str, finals: Mapping[str, Mapping[str, list[float]]], seed: int) -> SetAudit:
    cells = {
        name: {profile: float(np.mean(values)) for profile, values in row.items()}
        for name, row in finals.items()
    }
    try:
        return audit_set(cells, seed)
    except ValueError as error:
        raise UserError(
            f"simulator {simulator}: {error}. Give dialogues of more supporters (files, or a run "
            "whose search accepted an edit) with the same seekers."
        ) from error
