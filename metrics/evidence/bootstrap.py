"""Bootstrap intervals over profiles. Knows nothing of what the values mean."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from .statistics import Interval

RESAMPLES = 4999


def bootstrap_interval(
    by_profile: Mapping[str, Sequence[float]],
    bounds: tuple[float, float],
    *,
    seed: int,
    level: float = 0.95,
) -> Interval:
    """Percentile interval of the mean of values that come in clusters, one per profile.

    Whole profiles are drawn again, since replicates of a profile are no independent evidence about
    others; every profile counts equally. Source: Efron and Tibshirani, "An Introduction to the
    Bootstrap" (1993), chapter 13.

    Args:
        by_profile: Values (levels, or paired differences) of each profile; none empty.
        bounds: The least and the greatest value possible: the interval where a single profile says
            nothing of the spread.
        seed: Chooses the resamples; the order of the profiles does not matter.
        level: Confidence.

    Raises:
        ValueError: There is no value.
    """
    means = np.array([np.mean(by_profile[name]) for name in sorted(by_profile)])
    if not len(means):
        raise ValueError("an interval needs at least one value")
    mean, n = float(means.mean()), sum(len(values) for values in by_profile.values())
    if len(means) < 2:
        return Interval(low=bounds[0], mean=mean, high=bounds[1], n=n)
    drawn = stats.bootstrap(
        (means,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(low=float(drawn.low), mean=mean, high=float(drawn.high), n=n)
