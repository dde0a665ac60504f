"""A candidate edit and the evidence about it from single turns."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Literal

import numpy as np

from esc_skills.metrics.evidence.statistics import ChallengeRule, Interval, PairedEvidence
from esc_skills.programs.simulation.dialogue import State
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.protocol import BEST_CHANGE, SCORED_REPLIES, WORST_CHANGE
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank

GREATEST_EFFECT = float(BEST_CHANGE - WORST_CHANGE)
"""Points of emotion by which two replies to one message can differ at most."""
LOOK_AROUND = 3
"""Moments with each seeker, after which an edit is looked for only with those seekers with whom it
has changed a reply."""

CandidateStatus = Literal["pass", "fail", "idle", "undecided"]
"""`idle` where it changes nothing, `undecided` before the evidence decides."""


@dataclass(eq=False)
class Candidate:
    """One edit and its evidence from turns of the incumbent's dialogues."""

    edit: Edit
    parent: Bank
    """The incumbent's bank."""
    bank: Bank
    """That bank with this edit alone."""
    rule: ChallengeRule
    """When to pass it, and when to give up; its pairs are replies that differ."""
    cost: Spend
    changes: dict[str, dict[tuple[int, int], float]] = field(
        default_factory=dict[str, dict[tuple[int, int], float]]
    )
    """By profile id and (replicate, turn), what it changes at each moment, in points of emotion;
    0 where it does not act."""
    differs: set[str] = field(default_factory=set[str])
    """Seekers with whom it has changed a reply."""
    evidence: PairedEvidence = field(default_factory=PairedEvidence)
    """Of the replies that it has changed, in shares of `GREATEST_EFFECT`."""
    passed: bool = False
    """Whether the evidence has ever sufficed; a pass is final, however often the test looks."""

    def __post_init__(self) -> None:
        """Find out which skills it is about."""
        self.about = self.parent.changed_skills(self.bank)
        """Names of the skills that it changes; None where any reply may change."""

    def see(self, state: State, change: float | None) -> None:
        """Record the effect at one turn; None if the edit did not act there."""
        moments = self.changes.setdefault(state.profile.id, {})
        moments[state.rollout.replicate, state.turn] = change or 0.0
        if change is not None:
            self.differs.add(state.profile.id)
            self.evidence = self.evidence.add(change / GREATEST_EFFECT)
            self.passed |= self.evidence.e_value >= 1 / self.rule.error_rate

    def has_seen(self, state: State) -> bool:
        """Whether this turn was recorded already, in this trial or an earlier one."""
        return (state.rollout.replicate, state.turn) in self.changes.get(state.profile.id, {})

    def concerns(self, skill: str | None) -> bool:
        """Whether a reply by that skill is one that it may have changed."""
        return self.about is None or skill in self.about

    def wanted_with(self, seekers: Sequence[str]) -> set[str]:
        """The seekers with whom the edit still needs to be tested."""
        return {
            name
            for name in seekers
            if name in self.differs or len(self.changes.get(name, ())) < LOOK_AROUND
        }

    @property
    def moments(self) -> int:
        """Moments looked at."""
        return sum(map(len, self.changes.values()))

    @property
    def status(self) -> CandidateStatus:
        """The status that its own evidence implies."""
        if self.passed:
            return "pass"
        if self._acts_nowhere:
            return "idle"
        return "fail" if self._hopeless else "undecided"

    @property
    def reason(self) -> str:
        """The evidence in words."""
        if self._acts_nowhere:
            return f"the edit changed no reply at {self.moments} turns"
        n, mean = self.evidence.n, GREATEST_EFFECT * self.evidence.mean
        gain = self.gain()
        total = f", some {gain.mean:+.1f} points a dialogue" if gain else ""
        e_value = f"e-value {self.evidence.e_value:.3g}"
        return f"{e_value} after {n} changed replies (mean change {mean:+.1f} points{total})"

    def gain(self) -> Interval | None:
        """First-order estimate of the gain of a dialogue with any seeker, in points.

        The mean over the seekers of the mean change at a moment, times the replies of a whole
        dialogue; None where nothing has differed yet.
        """
        if not self.differs:
            return None
        known = [np.array(list(moments.values())) for moments in self.changes.values()]
        mean = SCORED_REPLIES * float(np.mean([changes.mean() for changes in known]))
        spread = [changes.var(ddof=1) / len(changes) for changes in known if len(changes) > 1]
        error = SCORED_REPLIES * math.sqrt(sum(spread)) / len(known) if spread else math.inf
        low, high = mean - 1.96 * error, mean + 1.96 * error
        return Interval(low=low, mean=mean, high=high, n=self.evidence.n)

    @property
    def _acts_nowhere(self) -> bool:
        looked = [len(moments) >= LOOK_AROUND for moments in self.changes.values()]
        return bool(looked) and all(looked) and not self.differs

    @property
    def _hopeless(self) -> bool:
        """Whether it gains nothing even at best; small gains of several edits add up."""
        gain = self.gain()
        if gain is None or self.evidence.n < self.rule.min_pairs:
            return False
        reach = NormalDist().inv_cdf(1 - self.rule.futility_level) / NormalDist().inv_cdf(0.975)
        return gain.mean + reach * (gain.high - gain.mean) < 0
