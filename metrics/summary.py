"""How a set of rollouts went: the SAGE figures, with an interval and by profile group."""

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout

from .statistics import Interval, clustered_interval

SUCCESS_AT = 100
FAILURE_UNDER = 10
REPLIES = 9
"""Scored replies of a whole dialogue."""


class Summary(Frozen):
    """The SAGE figures of a set of rollouts. Source: SAGE (arXiv 2505.02847), section 4."""

    rollouts: int
    """Valid ones, which the figures are made of."""
    invalid: int
    """Missing data: rollouts that an infrastructure failure ended."""
    score: Interval
    """Mean final emotion in points, with its 95% interval, clustered by profile."""
    success: float
    """Share that ended at 100."""
    failure: float
    """Share that ended under 10."""
    curve: tuple[float, ...]
    """Mean emotion at the start and after each of the nine replies; an ended dialogue keeps its
    last value."""
    replies: float
    """Mean number of scored replies."""

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
        ValueError: None of them is valid.
    """
    valid = [rollout for rollout in rollouts if rollout.valid]
    if not valid:
        reasons = {rollout.error for rollout in rollouts}
        raise ValueError(f"there is no valid rollout to summarize ({', '.join(reasons) or 'none'})")
    final = np.array([rollout.emotions[-1] for rollout in valid])
    by_profile: defaultdict[str, list[float]] = defaultdict(list)
    for rollout in valid:
        by_profile[rollout.profile].append(100 * rollout.score)
    return Summary(
        rollouts=len(valid),
        invalid=len(rollouts) - len(valid),
        score=clustered_interval(by_profile, bounds=(0, 100)),
        success=float((final >= SUCCESS_AT).mean()),
        failure=float((final < FAILURE_UNDER).mean()),
        curve=curve(valid),
        replies=float(np.mean([len(rollout.emotions) - 1 for rollout in valid])),
    )


def by_group(rollouts: Sequence[Rollout]) -> dict[str, Summary]:
    """The figures of each profile group that has a valid rollout, by name."""
    groups: defaultdict[str, list[Rollout]] = defaultdict(list)
    for rollout in rollouts:
        groups[rollout.group].append(rollout)
    return {
        name: summarize(members)
        for name, members in sorted(groups.items())
        if any(member.valid for member in members)
    }


def curve(rollouts: Sequence[Rollout]) -> tuple[float, ...]:
    """Mean emotion at the start and after each reply, ended dialogues carried forward."""
    rows = [
        [*rollout.emotions, *[rollout.emotions[-1]] * (REPLIES + 1 - len(rollout.emotions))]
        for rollout in rollouts
    ]
    return tuple(float(value) for value in np.mean(rows, axis=0))
