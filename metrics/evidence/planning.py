"""What a sealed test can show, before anything is spent."""

import math
from bisect import bisect_left

from scipy import stats

from .statistics import UNSEEN_GAIN

PAIR_SPREAD = 43.0
"""Standard deviation of the paired difference of two whole dialogues, in points, in published SAGE
dialogues."""
MOST_SEEKERS = 100_000


def reach_of_test(seekers: int, replicates: int, spread: float = PAIR_SPREAD) -> float:
    """Points to either side of the gain that the 95% interval of a sealed test will reach.

    That of `clustered_interval` where seekers do not differ in gain, and so a lower bound.

    Args:
        seekers: Test seekers, at least 1.
        replicates: Dialogues with each, at least 1.
        spread: Standard deviation of a paired difference, in points.
    """
    if seekers < 2:
        return 100.0
    units = seekers + 2
    squares = (seekers - 1) * spread**2 / replicates + 2 * UNSEEN_GAIN**2
    error = math.sqrt(squares / (units - 1) / units)
    return min(100.0, float(stats.t.ppf(0.975, units - 1)) * error)


def seekers_for(reach: float, replicates: int, spread: float = PAIR_SPREAD) -> int | None:
    """Fewest test seekers with whom the interval reaches no further; None where none suffice."""
    counts = range(2, MOST_SEEKERS + 1)
    place = bisect_left(counts, True, key=lambda n: reach_of_test(n, replicates, spread) <= reach)
    return counts[place] if place < len(counts) else None
