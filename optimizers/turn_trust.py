"""How far single turns predict whole dialogues: learnt in each search from its confirmations."""

import math
from collections.abc import Sequence

from esc_skills.metrics.evidence.statistics import Interval, PairedEvidence
from esc_skills.metrics.evidence.whole_dialogues import LEAST_ERROR, PRIOR_SHARE
from esc_skills.signatures.rollouts import Rollout

DOUBT = 0.5
"""Standard deviation of the prior share: none of what turns promise may come true, or all of it."""
MISLED = 0.5
"""Upper bound of the share under which a report says that little comes true."""


class TurnTrust:
    """Points that whole dialogues gain for each point that single turns have promised.

    A normal regression through the origin: of each bundle of edits, the gain in the dialogues that
    confirmed or refuted it on the gain that turns promised. Before the first, half of it is
    believed. Edits whose effects come later, or first with the wrong sign, lower the share, and the
    search believes its turns less.
    """

    def __init__(self) -> None:
        self._bundles = 0
        self._precision = DOUBT**-2
        self._weighted = PRIOR_SHARE * DOUBT**-2

    def add(self, promised: Interval, before: Sequence[Rollout], after: Sequence[Rollout]) -> None:
        """Learn from one bundle.

        Args:
            promised: What turns said that it gains, in points.
            before: Dialogues of the incumbent.
            after: Dialogues with the bundle on the same pairs.
        """
        shown = PairedEvidence()
        for first, second in zip(before, after, strict=True):
            shown = shown.add(second.score - first.score)
        if shown.n < 2:
            return
        error = 100 * max(shown.standard_error, LEAST_ERROR)
        doubt = PRIOR_SHARE * (promised.high - promised.low) / (2 * 1.96)
        weight = 1 / (error**2 + doubt**2)
        self._bundles += 1
        self._precision += weight * promised.mean**2
        self._weighted += weight * promised.mean * 100 * shown.mean

    @property
    def believed(self) -> float:
        """The share of a promised gain to expect."""
        return self._weighted / self._precision

    @property
    def share(self) -> Interval | None:
        """The share with its 95% interval; None before the first bundle."""
        if not self._bundles:
            return None
        reach = 1.96 / math.sqrt(self._precision)
        mean = self.believed
        return Interval(low=mean - reach, mean=mean, high=mean + reach, n=self._bundles)


def trust_line(share: Interval) -> str:
    """How far the turns of a search could be trusted, as a sentence."""
    verdict = (
        "; little of what turns promise comes true here, so whole dialogues decided"
        if share.high < MISLED
        else ""
    )
    return (
        f"Whole dialogues gained {share.mean:.2f} points for each point that single turns promised "
        f"(95% interval {share.low:.2f} to {share.high:.2f}, {share.n} "
        f"confirmation{'s' * (share.n > 1)}){verdict}."
    )
