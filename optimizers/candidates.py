"""A candidate edit and the evidence about it from single turns."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from esc_skills.metrics.evidence.statistics import (
    ChallengeRule,
    Interval,
    PairedEvidence,
    Verdict,
    decide,
)
from esc_skills.programs.simulation.dialogue import State
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank

EFFECT_LIMIT = 15.0
"""Final points to which the effect of one reply is clipped, so that the test is bounded."""
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
    """By profile id and (replicate, turn), what it changes at each moment, in final points; 0 where
    it does not act."""
    differs: Counter[str] = field(default_factory=Counter[str])
    """Replies that it has changed, by seeker."""
    lengths: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    """Replies in each dialogue that was looked at."""
    evidence: PairedEvidence = field(default_factory=PairedEvidence)
    """Of the replies that it has changed, cut off at `EFFECT_LIMIT` and scaled to [-1, 1]."""
    rule_at_start: Callable[[ChallengeRule], ChallengeRule] = lambda rule: rule
    """Settles the rule when the edit first changes a reply, before that is evidence."""
    passed: bool = False
    """Whether the evidence has ever sufficed; a pass is final, however often the test looks."""
    granted: int = 0
    """Replies that it gets whatever they show, since nothing else was left to try."""

    def __post_init__(self) -> None:
        """Find out which skills it is about."""
        self.about = self.parent.changed_skills(self.bank)
        """Names of the skills that it changes; None where any reply may change."""

    def see(self, state: State, change: float | None) -> None:
        """Record the effect at one turn; None if the edit did not act there."""
        moments = self.changes.setdefault(state.profile.id, {})
        moments[state.rollout.replicate, state.turn] = change or 0.0
        self.lengths[state.profile.id, state.rollout.replicate] = len(state.rollout.exchanges)
        if change is not None:
            if not self.differs:
                self.rule = self.rule_at_start(self.rule)
            self.differs[state.profile.id] += 1
            self.evidence = self.evidence.add(scaled(change))
            self.passed |= self._verdict.outcome == "accept"

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
        given_up = self._verdict.outcome == "reject" and self.evidence.n >= self.granted
        return "fail" if given_up else "undecided"

    @property
    def reason(self) -> str:
        """The same in words."""
        if self._acts_nowhere:
            return f"the edit changed no reply at {self.moments} turns"
        return self._verdict.reason

    def gain(self, replies: float) -> Interval | None:
        """First-order estimate of the gain of a dialogue with any seeker, in points.

        The mean over the seekers of the mean change at a moment, times the number of moments; None
        where nothing has differed yet.

        Args:
            replies: Replies in a dialogue of the incumbent.
        """
        if not self.differs:
            return None
        known = [np.array(list(moments.values())) for moments in self.changes.values()]
        mean = replies * float(np.mean([changes.mean() for changes in known]))
        spread = [changes.var(ddof=1) / len(changes) for changes in known if len(changes) > 1]
        error = replies * math.sqrt(sum(spread)) / len(known) if spread else math.inf
        low, high = max(-100.0, mean - 1.96 * error), min(100.0, mean + 1.96 * error)
        return Interval(low=low, mean=mean, high=high, n=self.evidence.n)

    @property
    def _acts_nowhere(self) -> bool:
        looked = [len(moments) >= LOOK_AROUND for moments in self.changes.values()]
        return bool(looked) and all(looked) and not self.differs

    @property
    def _verdict(self) -> Verdict:
        unit = EFFECT_LIMIT * self._acts
        return decide(self.evidence, self.rule, unit=unit, noun="changed replies")

    @property
    def _acts(self) -> float:
        """Replies that it changes in a dialogue with any of the seekers."""
        if not self.differs:
            return 1.0
        shares = (self.differs[name] / len(seen) for name, seen in self.changes.items())
        return sum(shares) / len(self.changes) * sum(self.lengths.values()) / len(self.lengths)


def scaled(change: float) -> float:
    """A change in points as a difference in [-1, 1]."""
    return max(-1.0, min(1.0, change / EFFECT_LIMIT))
