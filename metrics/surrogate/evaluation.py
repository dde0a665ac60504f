"""Accuracy of a surrogate on held-out seekers and supporters.

Always compared with a model that sees only the state of the dialogue, which explains most of what a
surrogate seems to know about replies. Intervals resample whole dialogues; replies of different
dialogues with one seeker, or of one supporter, are not independent either, so they are a little
narrow.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, get_args

import numpy as np

from esc_skills.signatures.frozen import Frozen

from ..evidence.statistics import Interval
from .model import Design, Sees, fit

Split = Literal["profiles unseen", "supporters unseen", "both unseen"]
SPLITS: tuple[Split, ...] = get_args(Split)
Replies = Literal["all", "first"]
FOLDS = 5
"""Parts that the seekers are divided into."""
RESAMPLES = 400
FitMeasure = Callable[[np.ndarray, np.ndarray, np.ndarray], float | None]
"""Of given and expected changes and their weights; None where it is not defined."""
_FEWEST = 20
"""Replies under which no figure is given."""


class Accuracy(Frozen):
    """How well one model does on one set of replies."""

    split: Split
    replies: Replies
    sees: Sees
    correlation: Interval | None
    """Pearson's, of expected and given changes; None where the model sees no difference, as the
    state alone at first replies: what varies is then only who was left out."""
    r2: Interval
    """1 - squared error / variance of the changes; at most 1, negative where the mean is better."""
    auc: Interval | None
    """Chance that a reply which did good is expected to do more than one which did not."""


def folds(design: Design, split: Split, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Indices to fit on and to predict, so that every moment is predicted once.

    None come where there is a single seeker, or a single supporter, to leave out.
    """
    # GroupKFold deals groups by size, so it would change stored references, and it cannot leave out
    # a seeker and a supporter at once
    sources = np.array([moment.source for moment in design.moments])
    parts = seeker_parts(design, seed)
    by_source: list[np.ndarray] = [sources == name for name in np.unique(sources)]
    by_part: list[np.ndarray] = [parts == part for part in np.unique(parts)]
    everyone = [np.ones(len(sources), dtype=bool)]
    out_source = everyone if split == "profiles unseen" else by_source
    out_part = everyone if split == "supporters unseen" else by_part
    for mine in out_source:
        for these in out_part:
            keep = np.ones(len(sources), dtype=bool)
            keep &= ~mine if split != "profiles unseen" else True
            keep &= ~these if split != "supporters unseen" else True
            if keep.any() and (mine & these).any():
                yield np.flatnonzero(keep), np.flatnonzero(mine & these)


def seeker_parts(design: Design, seed: int) -> np.ndarray:
    """The part 0..FOLDS-1 that each moment's seeker falls into."""
    seekers = sorted({moment.seeker for moment in design.moments})
    drawn = np.random.default_rng(seed).permutation(len(seekers))
    part = {seeker: int(place) % FOLDS for seeker, place in zip(seekers, drawn, strict=True)}
    return np.array([part[moment.seeker] for moment in design.moments])


def cross_fitted(design: Design, split: Split, sees: Sees, seed: int) -> np.ndarray | None:
    """Expected changes by models that did not see the seeker, the supporter, or either.

    Returns:
        One value a moment; None where there is nobody to leave out.
    """
    expected = np.full(len(design.moments), np.nan)
    for train, test in folds(design, split, seed):
        expected[test] = fit(design, train, sees).predict(design, test)
    return None if np.isnan(expected).any() else expected


def accuracies(
    design: Design, split: Split, sees: Sees, expected: np.ndarray, seed: int
) -> list[Accuracy]:
    """The figures of cross-fitted expectations, on all replies and on first replies only."""
    dialogues = np.array([moment.dialogue for moment in design.moments])
    found: list[Accuracy] = []
    sets: tuple[tuple[Replies, np.ndarray], ...] = (
        ("all", np.ones(len(expected), dtype=bool)),
        ("first", design.first),
    )
    for replies, chosen in sets:
        if chosen.sum() < _FEWEST:
            continue
        given, told = design.changes[chosen], expected[chosen]
        draws = list(cluster_weights(dialogues[chosen], seed))
        r2 = _interval(_r2, given, told, draws)
        blind = sees == "state" and replies == "first"
        if r2 is not None:
            found.append(
                Accuracy(
                    split=split,
                    replies=replies,
                    sees=sees,
                    correlation=None if blind else _interval(_correlation, given, told, draws),
                    r2=r2,
                    auc=None if blind else _interval(_auc, given, told, draws),
                )
            )
    return found


def cluster_weights(clusters: Sequence[str] | np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """How often each value counts in resamples of whole clusters; the sample itself is first."""
    # scipy.stats.bootstrap draws values, not clusters of unequal size
    _, place = np.unique(np.asarray(clusters), return_inverse=True)
    size = int(place.max()) + 1
    drawing = np.random.default_rng(seed)
    yield np.ones(len(place))
    for _ in range(RESAMPLES):
        yield np.bincount(drawing.integers(0, size, size), minlength=size)[place].astype(float)


def percentiles(values: Sequence[float], n: int) -> Interval:
    """The first value with the 95% percentile interval of the others."""
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return Interval(low=float(low), mean=float(values[0]), high=float(high), n=n)


def _interval(
    figure: FitMeasure, given: np.ndarray, told: np.ndarray, draws: Sequence[np.ndarray]
) -> Interval | None:
    values = [figure(given, told, weights) for weights in draws]
    known = [value for value in values if value is not None]
    if values[0] is None or len(known) < 2:
        return None
    return percentiles(known, len(given))


def _r2(given: np.ndarray, told: np.ndarray, weights: np.ndarray) -> float | None:
    # r2_score gives 0 or 1 where the changes do not vary, and here that is no figure
    mean = np.average(given, weights=weights)
    total = float(weights @ (given - mean) ** 2)
    return 1 - float(weights @ (given - told) ** 2) / total if total > 0 else None


def _correlation(given: np.ndarray, told: np.ndarray, weights: np.ndarray) -> float | None:
    covariance = np.cov(given, told, aweights=weights)
    scale = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    return float(covariance[0, 1]) / scale if scale > 1e-9 else None


def _auc(given: np.ndarray, told: np.ndarray, weights: np.ndarray) -> float | None:
    """Weighted Mann-Whitney; by hand, as scikit-learn's checks take longer than all the rest."""
    _, place = np.unique(told, return_inverse=True)
    good = np.bincount(place, weights * (given > 0))
    bad = np.bincount(place, weights * (given <= 0))
    below = np.cumsum(bad) - bad / 2  # of equal expectations half count as below
    pairs = float(good.sum() * bad.sum())
    return float(good @ below) / pairs if pairs else None
