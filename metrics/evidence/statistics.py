"""Paired comparisons under noise: an anytime-valid test, and intervals clustered by profile.

The test is a mixture of bets (Waudby-Smith and Ramdas, "Estimating means of bounded random
variables by betting", JRSS-B 86, 2024, section 4). Against H0: E[d] <= 0 for differences d in
[-1, 1], a gambler who stakes the share b of the wealth on each d has wealth prod(1 + b d), which
under H0 does not grow in expectation for any b in [0, 1]. The average wealth of several gamblers is
an e-process: by Ville's inequality it ever exceeds 1/alpha with probability at most alpha, however
often the evidence is checked, for any distribution. This module does not know what is compared.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Literal

import numpy as np
from pydantic import Field
from scipy import stats

from esc_skills.signatures.frozen import Frozen

BETS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
"""Shares of the wealth that the gamblers stake, equally weighted. The best share for a gain m with
standard deviation s is about m / (s^2 + m^2): 0.2 for 3 points at sd 40, 0.97 for 10 at sd 20."""
PRIOR_SEEN, PRIOR_MEAN, PRIOR_SQUARE = 3, 0.1, 0.15
"""Prior of a difference: as if this many had been seen, with this mean and mean square."""

UNSEEN_GAIN = 60.0
"""Points by which seekers who were not met may gain more, or less, than those who were: intervals
of gains count one of each (`esc-skills bench coverage` shows what that covers)."""

_BETS = np.asarray(BETS)


class Interval(Frozen):
    """A mean with its confidence interval."""

    low: float
    mean: float
    high: float
    n: int = Field(ge=1)
    """Values behind the mean."""

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return self.low > 0 or self.high < 0


class ChallengeRule(Frozen):
    """When a candidate is accepted, and when it is given up."""

    error_rate: float = Field(default=0.05, gt=0, le=0.5)
    """Maximum probability of accepting a null edit, however often the evidence is checked."""
    smallest_gain: float = Field(default=0.02, ge=0, le=1)
    """Gain, in score, below which an edit is not worth more dialogues (0.02 = 2 points)."""
    futility_level: float = Field(default=0.1, gt=0, lt=0.5)
    """Accepted probability of giving up on an edit that gains `smallest_gain`."""
    min_pairs: int = Field(default=6, ge=2)
    """Pairs (of dialogues, or of replies) before an edit may be given up."""
    max_pairs: int = Field(default=96, ge=2)
    """Pairs after which an undecided edit is rejected."""


class PairedEvidence:
    """Sums of the differences so far, and the gamblers' wealth; immutable."""

    def __init__(self) -> None:
        self.n = 0
        """Differences seen."""
        self._sum = 0.0
        self._squares = 0.0
        self._logs = np.zeros(len(BETS))

    def add(self, difference: float) -> "PairedEvidence":
        """The evidence with one more difference in [-1, 1].

        Raises:
            ValueError: The difference is out of range.
        """
        if not -1 <= difference <= 1:
            raise ValueError(f"a difference must lie in [-1, 1], but is {difference}")
        more = PairedEvidence()
        more.n = self.n + 1
        more._sum = self._sum + difference
        more._squares = self._squares + difference * difference
        more._logs = self._logs + np.log1p(_BETS * difference)
        return more

    @property
    def mean(self) -> float:
        """Their mean; 0 before the first."""
        return self._sum / self.n if self.n else 0.0

    @property
    def standard_error(self) -> float:
        """Standard error of the mean; infinite before the second."""
        if self.n < 2:
            return math.inf
        variance = max(0.0, self._squares - self.n * self.mean**2) / (self.n - 1)
        return math.sqrt(variance / self.n)

    @property
    def stake(self) -> float:
        """Share of the wealth, 0..1, to put on the next difference, judged by the past alone.

        The share under which wealth grows fastest (Kelly, "A new interpretation of information
        rate", 1956; to second order mean / mean square), with a little at risk before anything is
        known.
        """
        weight = self.n + PRIOR_SEEN
        mean = (self._sum + PRIOR_SEEN * PRIOR_MEAN) / weight
        square = (self._squares + PRIOR_SEEN * PRIOR_SQUARE) / weight
        return max(0.0, min(1.0, mean / square))

    @property
    def e_value(self) -> float:
        """Mean wealth of the gamblers: evidence against 'no gain', 1 at the start."""
        return float(np.exp(self._logs).mean())


class Verdict(Frozen):
    """A decision and its reason."""

    outcome: Literal["accept", "reject", "continue"]
    reason: str


def decide(
    evidence: PairedEvidence, rule: ChallengeRule, *, unit: float = 100, noun: str = "pairs"
) -> Verdict:
    """Decide on a challenge from its evidence alone.

    Acceptance needs an e-value of 1 / error rate. Giving up early can only cost power: it happens
    when even the upper normal bound of the gain is below the smallest gain worth having.

    Args:
        evidence: The differences so far.
        rule: When to accept, and when to give up.
        unit: Points of emotion that a difference of 1 stands for.
        noun: What the differences are counted in.
    """
    needed, gain = 1 / rule.error_rate, f"mean gain {unit * evidence.mean:+.1f} points"
    found = f"e-value {evidence.e_value:.3g} after {evidence.n} {noun}"
    if evidence.e_value >= needed:
        return Verdict(outcome="accept", reason=f"{found}, needs {needed:.3g} ({gain})")
    if evidence.n >= rule.min_pairs:
        bound = unit * (evidence.mean + normal_reach(rule.futility_level) * evidence.standard_error)
        if bound < 100 * rule.smallest_gain:
            return Verdict(
                outcome="reject",
                reason=f"{gain} after {evidence.n} {noun}, {bound:+.1f} at best, but "
                f"{100 * rule.smallest_gain:g} are needed",
            )
    outcome = "reject" if evidence.n >= rule.max_pairs else "continue"
    return Verdict(outcome=outcome, reason=f"{found}, needs {needed:.3g} ({gain})")


def normal_reach(level: float) -> float:
    """Standard errors to a one-sided normal bound that is missed with this chance."""
    return NormalDist().inv_cdf(1 - level)


def clustered_interval(
    by_profile: Mapping[str, Sequence[float]],
    bounds: tuple[float, float],
    level: float = 0.95,
    unseen: float = 0.0,
) -> Interval:
    """Interval of the mean of values that come in clusters, one per profile.

    Profiles count equally; Student's t over the profile means, as replicates of a profile are no
    independent evidence about other profiles. With a single profile, t over its values.

    A plain t interval fails where few profiles differ from all others, since a sample may hold none
    of them: its width may even be 0. `unseen` counts two further profiles, one above the mean and
    one below it (as Agresti and Coull do for shares, The American Statistician 52, 1998).

    Args:
        by_profile: Values (paired differences, or levels) of each profile; none empty.
        bounds: The least and the greatest value possible; the interval stays within, and is as
            wide where a single value says nothing of the spread.
        level: Confidence.
        unseen: How far the two further profiles lie from the mean; 0 for none.

    Raises:
        ValueError: There is no value.
    """
    groups = [np.asarray(values, dtype=float) for values in by_profile.values() if len(values)]
    if not groups:
        raise ValueError("an interval needs at least one value")
    units = np.array([group.mean() for group in groups]) if len(groups) > 1 else groups[0]
    mean = float(np.mean([group.mean() for group in groups]))
    n = sum(len(group) for group in groups)
    if len(units) < 2:
        return Interval(low=bounds[0], mean=mean, high=bounds[1], n=n)
    if unseen and len(groups) > 1:
        units = np.append(units, (mean - unseen, mean + unseen))
    error = float(np.std(units, ddof=1)) / math.sqrt(len(units))
    reach = float(stats.t.ppf((1 + level) / 2, len(units) - 1)) * error
    low, high = max(bounds[0], mean - reach), min(bounds[1], mean + reach)
    return Interval(low=low, mean=mean, high=high, n=n)
