"""SAGE figures of a set of rollouts, with an interval and by profile group."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.protocol import FAILURE_UNDER, SCORED_REPLIES, SUCCESS_AT
from esc_skills.signatures.rollouts import Rollout

from ..evidence.statistics import Interval, clustered_interval

SILENT = 0
"""Final emotion of a dialogue in which the supporter gave no reply."""


class Summary(Frozen):
    """The SAGE figures of a set of rollouts. Source: SAGE (arXiv 2505.02847), section 4."""

    rollouts: int
    """Those that count, of which the figures are made: all but missing data."""
    silent: int = 0
    """Of these, in how many the supporter gave no reply; each counts like a final emotion of 0."""
    invalid: int
    """Missing data, which counts nowhere: rollouts that an infrastructure failure ended."""
    score: Interval
    """Mean final emotion in points, with its 95% interval, clustered by profile."""
    success: float
    """Share that ended at 100."""
    failure: float
    """Share that ended under 10, or without a reply."""
    curve: tuple[float, ...]
    """Mean emotion at the start and after each of the nine replies; an ended dialogue keeps its
    last value, and one without a reply stands at 0."""
    replies: float
    """Mean number of scored replies, of dialogues that were played to their end; 0 without any."""

    @property
    def published(self) -> float:
        """The score as SAGE publishes it: rounded half-up to 0.1."""
        return half_up(self.score.mean)


def half_up(value: float) -> float:
    """Rounded to one decimal, halves upwards (61.25 -> 61.3), as the published table is."""
    return math.floor(value * 10 + 0.5 + 1e-9) / 10


def summarize(rollouts: Sequence[Rollout]) -> Summary:
    """The figures of some rollouts.

    Raises:
        ValueError: All of them are missing data.
    """
    counted = [rollout for rollout in rollouts if rollout.counted_score is not None]
    if not counted:
        reasons = {rollout.error for rollout in rollouts}
        raise ValueError(f"there is no rollout to summarize ({', '.join(reasons) or 'none'})")
    by_profile = finals(counted)
    final = np.concatenate(list(by_profile.values()))
    played = [len(rollout.emotions) - 1 for rollout in counted if rollout.valid]
    return Summary(
        rollouts=len(counted),
        silent=len(counted) - len(played),
        invalid=len(rollouts) - len(counted),
        score=clustered_interval(by_profile, bounds=(0, 100)),
        success=float((final >= SUCCESS_AT).mean()),
        failure=float((final < FAILURE_UNDER).mean()),
        curve=curve(counted),
        replies=float(np.mean(played)) if played else 0.0,
    )


def finals(rollouts: Iterable[Rollout]) -> dict[str, list[float]]:
    """Final emotions in points by profile, 0 where no reply was given; without missing data."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for rollout in rollouts:
        if rollout.counted_score is not None:
            found[rollout.profile].append(100 * rollout.counted_score)
    return found


def by_group(rollouts: Sequence[Rollout]) -> dict[str, Summary]:
    """The figures of each profile group that has more than missing data, by name."""
    groups: defaultdict[str, list[Rollout]] = defaultdict(list)
    for rollout in rollouts:
        groups[rollout.group].append(rollout)
    return {
        name: summarize(members)
        for name, members in sorted(groups.items())
        if any(member.counted_score is not None for member in members)
    }


def curve(rollouts: Sequence[Rollout]) -> tuple[float, ...]:
    """Mean emotion at the start and after each reply, ended dialogues carried forward.

    Where no reply was given, the emotion is taken to be 0 from the first reply on.
    """
    known = [row.emotions if row.valid else (row.start, SILENT) for row in rollouts]
    width = max(SCORED_REPLIES + 1, *map(len, known))  # others' transcripts may be longer
    rows = [[*emotions, *[emotions[-1]] * (width - len(emotions))] for emotions in known]
    return tuple(float(value) for value in np.mean(rows, axis=0))
