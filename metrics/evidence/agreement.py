"""Agreement of judges: with themselves, with each other, and across orders of presentation.

Intervals take dialogues as independent; several with one seeker make them a little too narrow.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from scipy import stats

from esc_skills.signatures.frozen import Frozen

from ..judges.judgement import Place
from .statistics import Interval

LEVEL = 0.95
FEWEST = 4
"""Fewest values for a correlation."""


class OrderBias(Frozen):
    """Effect of the order of presentation on a comparison."""

    first: Interval | None
    """Share of the decided answers that name what was shown first; 0.5 without bias."""
    consistent: Interval
    """Share of the pairs about which both orders agree, ties included."""


def reliability(first: Sequence[float], second: Sequence[float]) -> Interval | None:
    """Agreement of two rounds of the same judge about the same dialogues.

    ICC(1,1) with its interval: Shrout and Fleiss, Psychological Bulletin 86 (1979), pages 421-425.

    Returns:
        The coefficient, at most 1, with its interval; None where there are too few values, or all
        are the same, so that agreement cannot be told from sameness.
    """
    values = np.array([first, second], dtype=float)
    n = values.shape[1]
    if n < FEWEST or np.ptp(values) == 0:
        return None
    between = 2 * float(values.mean(axis=0).var(ddof=1))
    within = float(((values[0] - values[1]) ** 2).mean()) / 2
    if within == 0:
        return Interval(low=1, mean=1, high=1, n=n)
    ratio, tail = between / within, (1 + LEVEL) / 2
    low = ratio / float(stats.f.ppf(tail, n - 1, n))
    high = ratio * float(stats.f.ppf(tail, n, n - 1))
    return Interval(low=_icc(low), mean=_icc(ratio), high=_icc(high), n=n)


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> Interval | None:
    """Spearman's correlation, -1..1.

    The interval is Fisher's with the variance of Bonett and Wright, Psychometrika 65 (2000), p. 24.

    Returns:
        The coefficient; None where there are too few values, or one side is constant.
    """
    n = len(first)
    if n < FEWEST or len(set(first)) == 1 or len(set(second)) == 1:
        return None
    found = float(stats.spearmanr(first, second)[0])  # type: ignore[arg-type] - stubs lack it
    if abs(found) > 1 - 1e-9:
        return Interval(low=found, mean=found, high=found, n=n)
    reach = float(stats.norm.ppf((1 + LEVEL) / 2)) * math.sqrt((1 + found**2 / 2) / (n - 3))
    middle = math.atanh(found)
    return Interval(low=math.tanh(middle - reach), mean=found, high=math.tanh(middle + reach), n=n)


def order_bias(winners: Iterable[tuple[Place, Place]]) -> OrderBias | None:
    """Order bias, from the winner's place with a dialogue shown first and shown second.

    Returns:
        Both shares with Wilson's interval; None where nothing was compared.
    """
    pairs = list(winners)
    if not pairs:
        return None
    decided = [place for pair in pairs for place in pair if place != "tie"]
    swapped: dict[Place, Place] = {"first": "second", "second": "first", "tie": "tie"}
    return OrderBias(
        first=_share([place == "first" for place in decided]) if decided else None,
        consistent=_share([swapped[ahead] == behind for ahead, behind in pairs]),
    )


def _share(hits: Sequence[bool]) -> Interval:
    found = stats.binomtest(sum(hits), len(hits))
    bounds = found.proportion_ci(LEVEL, method="wilson")
    return Interval(
        low=float(bounds.low), mean=float(found.statistic), high=float(bounds.high), n=len(hits)
    )


def _icc(ratio: float) -> float:
    """The coefficient that a ratio of variances between and within two rounds amounts to."""
    return (ratio - 1) / (ratio + 1)
