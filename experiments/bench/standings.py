"""What the scores of a tournament say: gains, calls needed, harm done, paired differences."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from scipy import stats

from esc_skills.metrics.statistics import Interval
from esc_skills.signatures.frozen import Frozen

from .contest import NOTHING, Score

OURS = "evolution"


class Standing(Frozen):
    """One optimizer in one world with one budget, over all seeds."""

    world: str
    calls: int
    optimizer: str
    seeds: int
    gain: Interval
    """True gain in points: mean over seeds with its 95% interval (t)."""
    median: float
    """Median true gain."""
    lead: Interval | None
    """Our true gain minus this one's, paired by seed; None for ours."""
    half: float
    """Median calls to half of the attainable gain; infinite where most never reach it."""
    most: float
    """The same to 90% of it."""
    accepted: int
    """Accepted edits in all seeds."""
    useless: int
    """Those of them that truly change less than a point."""
    harmful: int
    """Those that truly lose more than a point."""
    covered: int
    """Runs whose reported interval holds the true gain."""
    reports: int
    groups_worse: int
    """Groups of seekers that truly lost more than two points, in all seeds."""
    seconds: float
    """Median wall time."""


def standings(scores: Iterable[Score]) -> list[Standing]:
    """The standings, by world, budget and falling gain."""
    fields: defaultdict[tuple[str, int], defaultdict[str, list[Score]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for score in scores:
        fields[score.entry.world, score.entry.calls][score.entry.optimizer].append(score)
    rows = [
        _standing(world, calls, name, own, field.get(OURS, []))
        for (world, calls), field in fields.items()
        for name, own in field.items()
    ]
    return sorted(rows, key=lambda row: (row.world, row.calls, -row.gain.mean))


def _standing(
    world: str, calls: int, name: str, own: Sequence[Score], ours: Sequence[Score]
) -> Standing:
    steps = [step for score in own for step in score.steps]
    reported = [score for score in own if score.reported is not None]
    return Standing(
        world=world,
        calls=calls,
        optimizer=name,
        seeds=len(own),
        gain=interval([score.gain for score in own]),
        median=float(np.median([score.gain for score in own])),
        lead=None if name == OURS else _lead(ours, own),
        half=_median(own, lambda score: score.calls_to(0.5)),
        most=_median(own, lambda score: score.calls_to(0.9)),
        accepted=len(steps),
        useless=sum(abs(step.gain) <= NOTHING for step in steps),
        harmful=sum(step.gain < -NOTHING for step in steps),
        covered=sum(
            score.reported.low <= score.gain <= score.reported.high
            for score in reported
            if score.reported is not None
        ),
        reports=len(reported),
        groups_worse=sum(score.groups_worse for score in own),
        seconds=_median(own, lambda score: score.seconds),
    )


def _lead(ours: Sequence[Score], theirs: Sequence[Score]) -> Interval | None:
    by_seed = {score.entry.seed: score.gain for score in theirs}
    both = [s.gain - by_seed[s.entry.seed] for s in ours if s.entry.seed in by_seed]
    return interval(both) if both else None


def _median(scores: Sequence[Score], of: Callable[[Score], float]) -> float:
    """Median, which is infinite where half or more of the values are."""
    values = sorted(of(score) for score in scores)
    return values[len(values) // 2]


def interval(values: Sequence[float]) -> Interval:
    """Mean with its 95% interval by Student's t; as wide as can be where one value is all."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return Interval(low=-100, mean=mean, high=100, n=1)
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5
    reach = float(stats.t.ppf(0.975, len(values) - 1)) * error
    return Interval(low=mean - reach, mean=mean, high=mean + reach, n=len(values))
