"""Statistics of emotions in the dialogues of one simulator, to compare worlds.

They are measured in the same way on published transcripts and on rollouts of a rehearsal world, so
that both are about equally hard for a search. Source of the published side: the
transcripts of SAGE (arXiv 2505.02847).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np

from esc_skills.signatures.protocol import FAILURE_UNDER
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.transcripts import Transcript

from ..evidence.variance import variance_shares
from .summary import summarize

NEARLY_WELL = 90
Cells = Mapping[str, Mapping[str, float]]
"""Final emotion in points, by supporter and profile."""


def dynamics(transcripts: Iterable[Transcript]) -> dict[str, float]:
    """The figures of some dialogues of one simulator, by name.

    Where a supporter met a profile more than once, each replicate makes a table of its own, and
    what is computed from tables is averaged: a mean of replicates would look less noisy than the
    published single dialogues.

    Args:
        transcripts: Two supporters or more on the same profiles; invalid ones are left out.

    Raises:
        ValueError: There are not two supporters that share two profiles.
    """
    valid = [row for row in transcripts if row.rollout.valid]
    tables = _tables(valid)
    if not tables:
        raise ValueError("there must be two supporters with two profiles in common")
    return {**_levels(valid), **_spread(tables), **_movement([row.rollout for row in valid])}


def _tables(rows: Sequence[Transcript]) -> list[Cells]:
    """One table of finals for each replicate that two supporters with two profiles share."""
    found: defaultdict[int, defaultdict[str, dict[str, float]]]
    found = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        table = found[row.rollout.replicate]
        table[row.supporter][row.rollout.profile] = 100 * row.rollout.score
    return [table for table in found.values() if variance_shares(table) is not None]


def _levels(rows: Sequence[Transcript]) -> dict[str, float]:
    """How well the supporters did, and how dialogues ended."""
    final = np.array([row.rollout.emotions[-1] for row in rows])
    groups: defaultdict[str, list[Rollout]] = defaultdict(list)
    for row in rows:
        groups[row.supporter].append(row.rollout)
    means = [summarize(group).score.mean for group in groups.values()]
    return {
        "weakest supporter": min(means),
        "strongest supporter": max(means),
        "finals under 10": float((final < FAILURE_UNDER).mean()),
        "finals from 90": float((final >= NEARLY_WELL).mean()),
        "scored replies": summarize([row.rollout for row in rows]).replies,
    }


def _spread(tables: Sequence[Cells]) -> dict[str, float]:
    """Where finals differ: between supporters, between profiles, within a cell."""
    shares = [share for table in tables if (share := variance_shares(table))]
    pairs = [
        np.array([(one[name], other[name]) for name in sorted(one.keys() & other.keys())])
        for table in tables
        for one, other in combinations(table.values(), 2)
    ]
    return {
        "share of supporter": float(np.mean([share.supporter for share in shares])),
        "share of profile": float(np.mean([share.profile for share in shares])),
        "share of rest": float(np.mean([share.rest for share in shares])),
        "sd of a final": _mean(lambda row: float(np.std(list(row.values()), ddof=1)), tables),
        "sd of a paired difference": float(
            np.mean([np.std(pair[:, 0] - pair[:, 1], ddof=1) for pair in pairs])
        ),
        "correlation of two supporters": float(np.mean([_correlation(*pair.T) for pair in pairs])),
    }


def _mean(figure: Callable[[Mapping[str, float]], float], tables: Sequence[Cells]) -> float:
    return float(np.mean([figure(row) for table in tables for row in table.values()]))


def _movement(rollouts: Sequence[Rollout]) -> dict[str, float]:
    """How emotions change from reply to reply."""
    curves = [rollout.emotions for rollout in rollouts]
    steps = np.array([(a, b - a) for curve in curves for a, b in pairwise(curve)])
    before, change = steps.T
    twice = np.array([(b - a, c - b) for e in curves for a, b, c in zip(e, e[1:], e[2:])])  # noqa: B905
    risen = twice[:, 0] > 0
    final = [curve[-1] for curve in curves]
    figures = {f"change {size:+d}": float((change == size).mean()) for size in (-10, -5, 5, 10)}
    return {
        **figures,
        "other changes": 1 - sum(figures.values()),
        "correlation of successive changes": _correlation(*twice.T),
        "rise after a rise": float((twice[risen, 1] > 0).mean()),
        "rise after a fall": float((twice[~risen, 1] > 0).mean()),
        "rise at 10 to 19": _share(change[(before >= 10) & (before < 20)] > 0),
        "rise from 80 on": _share(change[before >= 80] > 0),
        **{
            f"correlation with the final, after {k}": _correlation(
                np.array([curve[min(k, len(curve) - 1)] for curve in curves]), np.array(final)
            )
            for k in (1, 2, 4)
        },
    }


def _share(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's correlation; 0 where one of the two does not vary."""
    if not (np.std(one) and np.std(other)):
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
