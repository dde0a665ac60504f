"""The turn-level challenge: what would the candidate have said, in the incumbent's own dialogues?

At a moment of a logged dialogue the candidate answers what the incumbent answered, and the same
appraiser takes both replies, not knowing whose they are. Where the two banks would ask the models
the same question the answers are the same by construction and cost nothing; elsewhere a reply costs
three calls at most instead of a dialogue's twenty-five. The sum over a dialogue of what each change
of emotion is worth at the end is, to first order, the gain of the whole dialogue (the performance
difference lemma: Kakade and Langford, "Approximately optimal approximate reinforcement learning",
ICML 2002, lemma 6.1), without the noise of everything that happens after the change.

A good turn is not yet a good dialogue: what passes here must still be confirmed by whole ones.
"""

import math
import random
from collections.abc import Sequence
from typing import Literal

import numpy as np

from esc_skills.metrics.outlook import Outlook
from esc_skills.metrics.statistics import ChallengeRule, Interval, PairedEvidence, judge
from esc_skills.programs.dialogue import State
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen

from .incumbent import Incumbent

SEEKERS = 16
"""Seekers at most at whose moments a candidate is looked for."""
LOOK_AROUND = 3
"""Moments with each of them, after which only those seekers are asked for where a reply differs."""
REACH = 15.0
"""Final points at which the effect of one reply is cut off, so that the test has a bound."""

Trying = Literal["pass", "fail", "idle", "undecided"]
"""`idle` where nothing differs, `undecided` before the evidence decides."""


class TurnResult(Frozen):
    """How a candidate has fared so far at moments of the incumbent's dialogues."""

    outcome: Trying
    reason: str
    replies: int
    """Replies that differed from the incumbent's."""
    e_value: float
    gain: Interval | None
    """First-order estimate of the gain of a dialogue with any seeker, in points."""


class TurnTrial:
    """One candidate's answers at moments of the incumbent's dialogues; may be left and gone on.

    Only replies count in which a skill is used that the two banks do not share. First a few moments
    with every seeker (or with a sample of them) show with whom that happens at all; from then on
    only those seekers are asked for, since elsewhere the difference is nothing. The evidence counts
    reply by reply: at a given moment two replies of banks that do not differ in effect are
    exchangeable, so that what is seen is symmetric about 0. (It is not for sums over a dialogue,
    whose length depends on the incumbent's luck.)

    Args:
        runner: Puts the questions to the models.
        candidate: The supporter under test.
        incumbent: Whose dialogues they are.
        rule: When to pass it, and when to give up; its pairs are replies that differ.
        outlook: What a point is worth at the end; read off the incumbent's dialogues by default.
    """

    def __init__(
        self,
        runner: Runner,
        candidate: SupportAgent,
        incumbent: Incumbent,
        rule: ChallengeRule,
        outlook: Outlook | None = None,
    ) -> None:
        self.candidate = candidate
        self.incumbent = incumbent
        self.ended = False
        """Whether there was no further answer: no dialogue was left, or the budget ended."""
        self._runner = runner
        self._about = incumbent.agent.bank.value.changed_skills(candidate.bank.value)
        self._outlook = incumbent.outlook if outlook is None else outlook
        self._rule = rule
        self._evidence = PairedEvidence()
        self._read: dict[str, list[float]] = {name: [] for name in _seekers(incumbent, runner.seed)}
        self._differs: set[str] = set()

    def read(self, rounds: int, *, play: bool = True) -> None:
        """Answer at so many moments with each seeker that is asked for.

        Args:
            rounds: The number of moments.
            play: Whether further dialogues are played where the logged ones are used up.
        """
        names = sorted(self._differs if self._looked_around else self._read)
        wanted = {name: len(self._read[name]) + rounds for name in names}
        found = self.incumbent.states(wanted, play=play)
        batch = [state for name in names for state in found[name][len(self._read[name]) :]]
        changes = changed(self._runner, self.candidate, batch, self._outlook, self._about)
        self.ended = len(changes) < len(batch) or not batch
        for state, change in zip(batch, changes, strict=False):
            self._read[state.profile.id].append(change or 0.0)
            if change is not None:
                self._differs.add(state.profile.id)
                self._evidence = self._evidence.add(max(-1.0, min(1.0, change / REACH)))

    @property
    def moments(self) -> int:
        """Moments looked at."""
        return sum(map(len, self._read.values()))

    @property
    def _looked_around(self) -> bool:
        return all(len(changes) >= LOOK_AROUND for changes in self._read.values())

    @property
    def found(self) -> TurnResult:
        """What is known so far."""
        if self._looked_around and not self._differs:
            return self._result("idle", f"no reply would change at {self.moments} moments")
        verdict = judge(self._evidence, self._rule, unit=REACH, noun="replies that differ")
        outcomes: dict[str, Trying] = {"accept": "pass", "reject": "fail", "continue": "undecided"}
        return self._result(outcomes[verdict.outcome], verdict.reason)

    def _result(self, outcome: Trying, reason: str) -> TurnResult:
        return TurnResult(
            outcome=outcome,
            reason=reason,
            replies=self._evidence.n,
            e_value=self._evidence.e_value,
            gain=self._gain,
        )

    @property
    def _gain(self) -> Interval | None:
        """Mean over the seekers of replies in a dialogue times the mean change at a moment."""
        known = [np.asarray(changes) for changes in self._read.values() if changes]
        if not self._differs:
            return None
        length = self.incumbent.replies
        mean = length * float(np.mean([changes.mean() for changes in known]))
        spread = [changes.var(ddof=1) / len(changes) for changes in known if len(changes) > 1]
        error = length * math.sqrt(sum(spread)) / len(known) if spread else math.inf
        low, high = max(-100.0, mean - 1.96 * error), min(100.0, mean + 1.96 * error)
        return Interval(low=low, mean=mean, high=high, n=self._evidence.n)


def changed(
    runner: Runner,
    candidate: SupportAgent,
    states: Sequence[State],
    outlook: Outlook,
    about: frozenset[str] | None = None,
) -> list[float | None]:
    """What the candidate's reply would have changed at each moment, in final points.

    To first order: the change of emotion times what a point is worth at the end.

    Args:
        runner: Puts the questions to the models.
        candidate: Who answers.
        states: Moments of dialogues of the incumbent.
        outlook: What changes of emotion are worth at the end.
        about: Names of the skills that matter; None for all.

    Returns:
        One value for each state, None where the reply is the same, uses no such skill or is missing
        (an infrastructure failure); fewer than states only where the budget ends.
    """
    found: list[float | None] = []
    for state, answer in zip(states, runner.answer(candidate, states, about), strict=False):
        before = state.rollout.exchanges[state.turn]
        change = None
        if answer is not None and answer.reply != before.reply:
            assert answer.emotion is not None
            assert before.emotion is not None
            change = outlook.worth(state.turn, answer.emotion - before.emotion)
        found.append(change)
    return found


def _seekers(incumbent: Incumbent, seed: int) -> list[str]:
    names = [profile.id for profile in incumbent.profiles]
    return random.Random(seed).sample(names, min(SEEKERS, len(names)))
