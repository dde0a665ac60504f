"""Summary of a tournament: gains, calls needed, harmful edits, paired differences."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from scipy import stats

from esc_skills.metrics.evidence.statistics import Interval, clustered_interval
from esc_skills.signatures.frozen import Frozen

from .match import NOTHING, Entry, Score, Step

OURS = "evolution"
NO_BANK = "no bank"
"""The row of the level without any skill."""


class Middle(Frozen):
    """A median over seeds with its 95% interval; None stands for more than the budget."""

    low: float | None
    median: float | None
    high: float | None


class Reach(Frozen):
    """Cost of reaching a share of the attainable gain and staying above it."""

    reached: int
    """Seeds in which it was reached; the others count as more than the budget."""
    calls: Middle
    rollouts: Middle


class OptimizerSummary(Frozen):
    """One optimizer in one world with one budget, over all seeds."""

    world: str
    """World and start (`Entry.place`)."""
    calls: int
    optimizer: str
    """Its name; an ablation of ESC-Skills names the part that is missing."""
    seeds: int
    gain: Interval
    """True gain in points: mean over seeds with its 95% interval (t)."""
    median: float
    """Median true gain."""
    lead: Interval | None
    """True gain of ESC-Skills minus this optimizer's, paired by seed; None for ESC-Skills."""
    half: Reach
    """Cost of half of the attainable gain."""
    most: Reach
    """Cost of 90% of it."""
    accepted: int
    """Accepted edits in all seeds."""
    useless: int
    """Accepted null edits: their true effect is within 1 point of zero."""
    harmful: int
    """Accepted harmful edits: they truly lose more than 1 point."""
    covered: int
    """Runs whose reported interval contains the true gain over all seekers like the test's."""
    covered_test: int
    """Runs whose reported interval contains the true gain on the test seekers themselves. There are
    more of these, because the choice of seekers adds no error."""
    reports: int
    """Runs that reported the gain of a changed bank; an unchanged bank claims no gain."""
    groups_worse: int
    """Groups of seekers that truly lost more than two points, in all seeds."""
    groups: int
    """Groups of test seekers, in all seeds."""
    alarming: int
    """Runs whose sealed test raised an alarm."""
    watched: int
    """Runs that could have raised one: a changed bank and a watched sealed test."""
    spent: float
    """Median model calls, with the sealed test."""
    seconds: float
    """Median wall time."""


def summarize_scores(scores: Iterable[Score]) -> list[OptimizerSummary]:
    """One summary per optimizer, ordered by world, budget and falling gain."""
    scores = list(scores)
    fields: defaultdict[tuple[str, int], defaultdict[str, list[Score]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for score in scores:
        fields[score.entry.cell][score.entry.name].append(score)
    for field in fields.values():
        if levels := _no_bank(field):
            field[NO_BANK] = levels
    rows = [
        _summary(world, calls, name, own, field.get(OURS, []))
        for (world, calls), field in fields.items()
        for name, own in field.items()
    ]
    return sorted(rows, key=lambda row: (row.world, row.calls, -row.gain.mean))


def _no_bank(field: Mapping[str, Sequence[Score]]) -> list[Score]:
    """No bank as if it were an optimizer: where the first bank is worse, this gain is a repair."""
    seen = {score.entry.seed: score for scores in field.values() for score in scores}
    return [
        score.model_copy(
            update={
                "entry": Entry(
                    world=score.entry.world, optimizer=NO_BANK, calls=score.entry.calls, seed=seed
                ),
                "final": score.no_bank,
                "steps": (),
                "reported": None,
                "groups_worse": 0,
                "groups": 0,
                "alarms": None,
            }
        )
        for seed, score in sorted(seen.items())
        if score.no_bank is not None
    ]


def _summary(
    world: str, calls: int, name: str, own: Sequence[Score], ours: Sequence[Score]
) -> OptimizerSummary:
    steps = [step for score in own for step in score.steps]
    reported = [(score, score.reported) for score in own if score.steps and score.reported]
    return OptimizerSummary(
        world=world,
        calls=calls,
        optimizer=name,
        seeds=len(own),
        gain=interval([score.gain for score in own]),
        median=float(np.median([score.gain for score in own])),
        lead=None if name == OURS else _lead(ours, own),
        half=_reach(own, 0.5),
        most=_reach(own, 0.9),
        accepted=len(steps),
        useless=sum(abs(step.gain) <= NOTHING for step in steps),
        harmful=sum(step.gain < -NOTHING for step in steps),
        covered=sum(found.low <= score.population_gain <= found.high for score, found in reported),
        covered_test=sum(found.low <= score.gain <= found.high for score, found in reported),
        reports=len(reported),
        groups_worse=sum(score.groups_worse for score in own),
        groups=sum(score.groups for score in own),
        alarming=sum(bool(score.alarms) for score in own),
        watched=sum(score.alarms is not None for score in own),
        spent=float(np.median([score.calls for score in own])),
        seconds=float(np.median([score.seconds for score in own])),
    )


def _lead(ours: Sequence[Score], theirs: Sequence[Score]) -> Interval | None:
    by_seed = {score.entry.seed: score.gain for score in theirs}
    both = [s.gain - by_seed[s.entry.seed] for s in ours if s.entry.seed in by_seed]
    return interval(both) if both else None


def _reach(scores: Sequence[Score], share: float) -> Reach:
    steps = [score.reach(share) for score in scores]

    def over_seeds(of: Callable[[Step], int]) -> Middle:
        return middle([math.inf if step is None else of(step) for step in steps])

    return Reach(
        reached=sum(step is not None for step in steps),
        calls=over_seeds(lambda step: step.calls),
        rollouts=over_seeds(lambda step: step.rollouts),
    )


def middle(values: Sequence[float], level: float = 0.95) -> Middle:
    """Median with its distribution-free interval between two order statistics.

    Ranks k and n + 1 - k for the largest k with P(Binomial(n, 1/2) < k) <= (1 - level) / 2
    (Conover, "Practical Nonparametric Statistics", 1999, section 3.2). Fewer
    than six values give the widest interval, from 0 to never.

    Args:
        values: Numbers >= 0; infinite where a value is only known to exceed the others.
        level: Confidence.
    """
    ordered = sorted(values)
    n = len(ordered)
    rank = int(stats.binom.ppf((1 - level) / 2, n, 0.5))
    low, high = (ordered[rank - 1], ordered[n - rank]) if rank else (0.0, math.inf)
    median = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    return Middle(low=_finite(low), median=_finite(median), high=_finite(high))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def interval(values: Sequence[float]) -> Interval:
    """Mean with its 95% interval (Student's t); a single value gives the widest interval."""
    return clustered_interval({"": values}, bounds=(-100, 100))
