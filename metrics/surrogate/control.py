"""Variance reduction of an estimate with a surrogate as control variate.

The mean of the actual changes y is replaced by the mean of y - b (f - E f), with f the surrogate's
prediction: the same expectation, less variance. E f must be known from elsewhere: from many
replies that were written and not appraised. With N of them for each appraised one, the cut is
N / (N + 1) of what is reported here. Source: Angelopoulos et al., "PPI++" (arXiv 2311.01453),
section 4. The factor b is fitted on other seekers than it is used on.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from esc_skills.signatures.frozen import Frozen

from ..evidence.statistics import Interval
from .evaluation import FOLDS, cluster_weights, percentiles, seeker_parts
from .model import Design, Sees

_FEWEST = 10


class Cut(Frozen):
    """The share of an estimate's variance that the control variate takes away."""

    estimate: str
    sees: Sees
    share: Interval
    """At most 1; negative where the surrogate adds noise."""


def cuts(design: Design, sees: Sees, expected: np.ndarray, seed: int) -> list[Cut]:
    """What cross-fitted expectations are worth for two estimates.

    The mean change by a supporter's replies at states that are a given, whoever's dialogues they
    are from; and the difference of two at the same first line, where the state cannot help.
    """
    cells = {
        "mean change at given states": _at_states(design, expected, seed),
        "difference of two at first replies": _first_differences(design, expected, seed),
    }
    return [
        Cut(estimate=name, sees=sees, share=_share(*cell, seed))
        for name, cell in cells.items()
        if len(cell[0]) >= _FEWEST
    ]


Cells = tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]
"""Given and expected values around their means, the part of the seeker, and the cluster."""


def _at_states(design: Design, expected: np.ndarray, seed: int) -> Cells:
    """Each reply by itself, around the mean of its source.

    No sums over dialogues: a later state holds the earlier changes, so that it would seem to
    foretell a dialogue that has been appraised already.
    """
    sources = np.array([moment.source for moment in design.moments])
    given, told = design.changes.copy(), expected.copy()
    for name in np.unique(sources):
        mine = sources == name
        given[mine] -= given[mine].mean()
        told[mine] -= told[mine].mean()
    clusters = [moment.dialogue for moment in design.moments]
    return given, told, seeker_parts(design, seed), clusters


def _first_differences(design: Design, expected: np.ndarray, seed: int) -> Cells:
    parts = seeker_parts(design, seed)
    firsts: dict[str, dict[str, int]] = {}
    for place in np.flatnonzero(design.first):
        moment = design.moments[place]
        firsts.setdefault(moment.source, {})[moment.seeker] = int(place)
    rows: list[tuple[float, float, int, str]] = []
    for one, other in combinations(sorted(firsts), 2):
        both = sorted(firsts[one].keys() & firsts[other].keys())
        pairs = [(firsts[one][seeker], firsts[other][seeker]) for seeker in both]
        given = _centred([design.changes[a] - design.changes[b] for a, b in pairs])
        told = _centred([expected[a] - expected[b] for a, b in pairs])
        rows += [
            (float(y), float(f), int(parts[a]), seeker)
            for y, f, (a, _), seeker in zip(given, told, pairs, both, strict=True)
        ]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    given, told, part = (np.array(column) for column in columns[:3])
    return given, told, part, list(columns[3])


def _centred(values: Sequence[float]) -> np.ndarray:
    array = np.array(values, dtype=float)
    return array - array.mean() if len(array) else array


def _share(
    given: np.ndarray, told: np.ndarray, parts: np.ndarray, clusters: list[str], seed: int
) -> Interval:
    left = given.copy()
    for part in range(FOLDS):
        mine, others = parts == part, parts != part
        spread = float(told[others] @ told[others])
        factor = float(told[others] @ given[others]) / spread if spread > 1e-9 else 0.0
        left[mine] -= factor * told[mine]
    values = [
        1 - float(weights @ left**2) / max(1e-9, float(weights @ given**2))
        for weights in cluster_weights(clusters, seed)
    ]
    return percentiles(values, len(given))
