"""Quality of a set of seekers as a test: does it separate supporters and rank them stably?

Classical test theory with profiles as items and supporters as persons (Lord and Novick,
"Statistical Theories of Mental Test Scores", 1968). Only profiles that every supporter met count.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from esc_skills.signatures.frozen import Frozen

from ..evidence.statistics import Interval
from ..evidence.variance import VarianceShares, variance_shares

SAME_END = 10.0
"""Points between the best and the worst end, up to which the supporters count as equal."""
RESAMPLES = 999
SPLITS = 20
"""Random halvings of each resample."""
FEWEST = 3
"""Supporters, and profiles in a half, needed for a ranking."""

Table = NDArray[np.float64]
Information = Literal["tells apart", "same end", "against the rest"]


class ProfileInformation(Frozen):
    """Information of one seeker about the supporters that it met."""

    profile: str
    mean: float
    """Mean final emotion in points, 0..100."""
    spread: float
    """Points between the best and the worst end."""
    order: float
    """Share of the pairs of supporters that end here in the order of their means with all other
    profiles, ties counting half; 0.5 is chance."""
    information: Information


class SetAudit(Frozen):
    """The audit of a set of seekers."""

    supporters: int
    profiles: int
    shares: VarianceShares | None
    """None where nothing varies."""
    order: Interval
    """Chance that a profile orders two supporters as the others do; 0.5 is chance, 1 certainty."""
    halves: Interval | None
    """Spearman's correlation of the supporters' ranking in two halves of the set; None for fewer
    than three supporters or six profiles, or where all supporters are alike."""
    whole: Interval | None
    """The same for two sets of this size, by the Spearman-Brown formula."""
    information: tuple[ProfileInformation, ...]
    """By profile, the least informative first."""


def audit_set(cells: Mapping[str, Mapping[str, float]], seed: int = 0) -> SetAudit:
    """Audit a set of profiles.

    Args:
        cells: Mean final emotion in points, 0..100, by supporter and profile.
        seed: Chooses resamples and halves.

    Raises:
        ValueError: There are not two supporters that share two profiles.
    """
    shared = sorted(set.intersection(*(set(row) for row in cells.values()))) if cells else []
    if len(cells) < 2 or len(shared) < 2:
        raise ValueError(
            f"two supporters must share two profiles, but there are {len(cells)} supporters and "
            f"{len(shared)} profiles that all of them met"
        )
    table = np.array([[cells[name][profile] for profile in shared] for name in sorted(cells)])
    rng = np.random.default_rng(seed)
    rows = [_information(table, place, name) for place, name in enumerate(shared)]
    halves = _halves(table, rng)
    return SetAudit(
        supporters=len(cells),
        profiles=len(shared),
        shares=variance_shares(cells),
        order=_mean_order([row.order for row in rows], rng),
        halves=halves,
        whole=halves and _stepped_up(halves),
        information=tuple(sorted(rows, key=lambda row: (row.spread, row.order, row.profile))),
    )


def _information(table: Table, place: int, name: str) -> ProfileInformation:
    here = table[:, place]
    rest = np.delete(table, place, axis=1).mean(axis=1)
    pairs = np.triu_indices(len(here), 1)
    agree = np.sign(np.subtract.outer(here, here)[pairs] * np.subtract.outer(rest, rest)[pairs])
    order, spread = float((1 + agree.mean()) / 2), float(np.ptp(here))
    kind: Information = "tells apart" if order >= 0.5 else "against the rest"
    return ProfileInformation(
        profile=name,
        mean=float(here.mean()),
        spread=spread,
        order=order,
        information="same end" if spread <= SAME_END else kind,
    )


def _mean_order(orders: list[float], rng: np.random.Generator) -> Interval:
    """Mean with its percentile interval over resampled profiles."""
    values = np.array(orders)
    drawn = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    return _interval(float(values.mean()), drawn, len(values))


def _halves(table: Table, rng: np.random.Generator) -> Interval | None:
    """Mean correlation over random halvings, with its percentile interval.

    Copies of a resampled profile stay in one half, else the halves would share noise.
    """
    supporters, profiles = table.shape
    if supporters < FEWEST or profiles < 2 * FEWEST:
        return None
    found = _correlations(table, np.ones((RESAMPLES, profiles)), rng)
    found = found[np.isfinite(found)]
    if not len(found):
        return None
    weights = rng.multinomial(profiles, np.full(profiles, 1 / profiles), RESAMPLES).astype(float)
    drawn = _correlations(table, weights, rng)
    defined = np.isfinite(drawn)
    some = defined.any(axis=1)
    means = np.where(defined, drawn, 0)[some].sum(axis=1) / defined[some].sum(axis=1)
    return _interval(float(found.mean()), means, profiles)


def _correlations(table: Table, weights: Table, rng: np.random.Generator) -> Table:
    """Spearman's correlation of the halves' rankings: (resamples, splits); nan where undefined."""
    count = table.shape[1]
    places = rng.random((len(weights), SPLITS, count)).argsort(axis=2)
    first = places < count // 2
    ranks: list[Table] = []
    for half in (first, ~first):
        kept = weights[:, None, :] * half
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (kept @ table.T) / kept.sum(axis=2, keepdims=True)
        ranked = stats.rankdata(np.round(means, 9), axis=2)
        ranks.append(ranked - ranked.mean(axis=2, keepdims=True))
    norms = np.sqrt((ranks[0] ** 2).sum(axis=2) * (ranks[1] ** 2).sum(axis=2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return (ranks[0] * ranks[1]).sum(axis=2) / norms


def _stepped_up(halves: Interval) -> Interval:
    """Spearman (1910) and Brown (1910): the reliability of a test that is twice as long."""
    low, mean, high = (max(-1.0, 2 * r / (1 + r)) for r in (halves.low, halves.mean, halves.high))
    return Interval(low=low, mean=mean, high=high, n=halves.n)


def _interval(mean: float, drawn: Table, n: int) -> Interval:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(low=float(low), mean=mean, high=float(high), n=n)
