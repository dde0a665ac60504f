"""Who is ahead over all cells of a tournament: worlds, starts and budgets together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, median

import numpy as np
from scipy import stats

from esc_skills.metrics.evidence.statistics import Interval, clustered_interval
from esc_skills.signatures.frozen import Frozen

from .match import NOTHING, Score
from .summary import OURS

Cell = tuple[str, int]
LEVEL = 0.05
"""Error rate of all comparisons in single cells together."""
WORTHWHILE = 5.0
"""Points that must be attainable for the cost of attaining them to be asked."""
BOUNDS = (-100.0, 100.0)
FEW_PLACES = 3
"""Worlds with their starts under which these are too few to be a sample."""


class Cost(Frozen):
    """How often a share of the attainable gain was reached, and at what cost."""

    reached: int
    calls: float | None
    """Median over those that reached it; None where none did."""


class Standing(Frozen):
    """One optimizer over all cells."""

    optimizer: str
    cells: int
    gain: Interval
    """Mean true gain in points, every cell counting equally; worlds and starts are the sample."""
    lead: Interval | None
    """Gain of the first optimizer minus this one's, paired by cell and seed; None for itself."""
    behind: int
    """Cells in which this one is shown to be behind the first, corrected for their number."""
    ahead: int
    """Cells in which it is shown to be ahead."""
    attainable: int
    """Contests in which more than 5 points could be gained."""
    half: Cost
    most: Cost
    accepted: int
    useless: int
    harmful: int


def standings(scores: Sequence[Score]) -> list[Standing]:
    """Every optimizer, ESC-Skills or else the best on average first, then by falling gain."""
    by_name = _by_name(scores)
    means = {name: _mean(cells) for name, cells in by_name.items()}
    first = OURS if OURS in by_name else max(means, key=lambda name: means[name])
    shown = _shown(by_name, first)
    rows = [
        _standing(name, cells, None if name == first else by_name[first], shown)
        for name, cells in by_name.items()
    ]
    return sorted(rows, key=lambda row: (row.optimizer != first, -row.gain.mean))


def within(scores: Sequence[Score], distances: Sequence[float]) -> dict[str, list[float]]:
    """Share of cells in which each optimizer's mean gain is within a distance of the best.

    Source: performance profiles (Dolan and More, Math. Program. 91, 2002), with differences of
    gains in the place of ratios of times, since a gain may be 0.

    Args:
        scores: Of one or more optimizers; cells that one of them lacks do not count.
        distances: In points.
    """
    by_name = _by_name(scores)
    cells = set[Cell].intersection(*(set(cells) for cells in by_name.values()))
    gains = {
        name: {cell: fmean(s.gain for s in own[cell]) for cell in cells}
        for name, own in by_name.items()
    }
    best = {cell: max(own[cell] for own in gains.values()) for cell in cells}
    return {
        name: [
            sum(best[cell] - own[cell] <= distance for cell in cells) / max(1, len(cells))
            for distance in distances
        ]
        for name, own in gains.items()
    }


def holm(p_values: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Which hypotheses are rejected so that any false rejection has a chance of `level` at most.

    Source: Holm, Scand. J. Stat. 6, 1979.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    rejected = [False] * len(p_values)
    for rank, place in enumerate(order):
        if p_values[place] > level / (len(p_values) - rank):
            break
        rejected[place] = True
    return rejected


def _by_name(scores: Sequence[Score]) -> dict[str, dict[Cell, list[Score]]]:
    found: defaultdict[str, defaultdict[Cell, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        found[score.entry.name][score.entry.cell].append(score)
    return {name: dict(cells) for name, cells in found.items()}


def _mean(cells: Mapping[Cell, Sequence[Score]]) -> float:
    return fmean(fmean(score.gain for score in own) for own in cells.values())


def _differences(
    first: Mapping[Cell, Sequence[Score]], other: Mapping[Cell, Sequence[Score]]
) -> dict[Cell, list[float]]:
    """Gains of the first minus the other's, for the seeds that both have."""
    found: dict[Cell, list[float]] = {}
    for cell in first.keys() & other.keys():
        theirs = {score.entry.seed: score.gain for score in other[cell]}
        both = [s.gain - theirs[s.entry.seed] for s in first[cell] if s.entry.seed in theirs]
        if both:
            found[cell] = both
    return dict(sorted(found.items()))


def _shown(
    by_name: Mapping[str, Mapping[Cell, Sequence[Score]]], first: str
) -> dict[str, list[float]]:
    """Mean differences of the cells that show one, by optimizer; corrected over all of them."""
    names: list[str] = []
    means: list[float] = []
    p_values: list[float] = []
    for name, cells in by_name.items():
        for values in _differences(by_name[first], cells).values():
            if name != first and len(values) > 1:
                names.append(name)
                means.append(fmean(values))
                p_values.append(_p_value(values))
    found: defaultdict[str, list[float]] = defaultdict(list)
    for name, mean, told in zip(names, means, holm(p_values), strict=True):
        if told:
            found[name].append(mean)
    return found


def _p_value(values: Sequence[float]) -> float:
    """Two-sided, of a mean of 0; Student's t."""
    spread = float(np.std(values, ddof=1))
    if spread == 0:
        return float(fmean(values) == 0)
    t = abs(fmean(values)) / (spread / len(values) ** 0.5)
    return float(2 * stats.t.sf(t, len(values) - 1))


def _standing(
    name: str,
    cells: Mapping[Cell, Sequence[Score]],
    first: Mapping[Cell, Sequence[Score]] | None,
    shown: Mapping[str, Sequence[float]],
) -> Standing:
    own = [score for scores in cells.values() for score in scores]
    some = [score for score in own if score.attainable - score.first > WORTHWHILE]
    steps = [step for score in own for step in score.steps]
    gains = {cell: [score.gain for score in scores] for cell, scores in cells.items()}
    leads = _differences(first, cells) if first is not None else {}
    return Standing(
        optimizer=name,
        cells=len(cells),
        gain=_over_places(gains),
        lead=_over_places(leads) if leads else None,
        behind=sum(mean > 0 for mean in shown.get(name, ())),
        ahead=sum(mean < 0 for mean in shown.get(name, ())),
        attainable=len(some),
        half=_cost(some, 0.5),
        most=_cost(some, 0.9),
        accepted=len(steps),
        useless=sum(abs(step.gain) <= NOTHING for step in steps),
        harmful=sum(step.gain < -NOTHING for step in steps),
    )


def _over_places(cells: Mapping[Cell, Sequence[float]]) -> Interval:
    """Mean over cells. Worlds with their starts are the sample, whatever the budgets.

    Of fewer than `FEW_PLACES` the cells are, since two values say next to nothing of their spread.
    """
    few = len({place for place, _ in cells}) < FEW_PLACES
    sample: defaultdict[str, list[float]] = defaultdict(list)
    for cell, values in cells.items():
        sample[f"{cell}" if few else cell[0]].append(fmean(values))
    return clustered_interval(sample, BOUNDS)


def _cost(scores: Sequence[Score], share: float) -> Cost:
    calls = [step.calls for score in scores if (step := score.reach(share)) is not None]
    return Cost(reached=len(calls), calls=median(calls) if calls else None)
