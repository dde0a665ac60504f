"""The turn-level challenge: what would the candidate have said, in the incumbent's own dialogues?

At every moment of a logged dialogue the candidate answers what the incumbent answered, and the same
appraiser takes both replies, not knowing whose they are. Where the two banks would ask the models
the same question the answers are the same by construction and cost nothing; elsewhere a reply costs
three calls at most instead of a dialogue's twenty-five. The sum over a dialogue of what each change
of emotion is worth at the end is, to first order, the gain of the whole dialogue (the performance
difference lemma: Kakade and Langford, "Approximately optimal approximate reinforcement learning",
ICML 2002, lemma 6.1), without the noise of everything that happens after the change.

A good turn is not yet a good dialogue: what passes here must still be confirmed by whole ones.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple

from esc_skills.metrics.outlook import Outlook
from esc_skills.metrics.statistics import (
    ChallengeRule,
    Interval,
    PairedEvidence,
    clustered_interval,
    judge,
)
from esc_skills.programs.dialogue import State
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout

from .incumbent import Incumbent, Logged

REACH = 40.0
"""Final points at which the effect on one dialogue is cut off, so that the test has a bound."""


class Effect(NamedTuple):
    """What a candidate would have changed in one dialogue."""

    profile: str
    gain: float
    """Final points, to first order."""
    replies: int
    """Replies that differ."""


class Screening(Frozen):
    """How a candidate has fared so far at the moments of the incumbent's dialogues."""

    outcome: Literal["pass", "fail", "undecided", "budget"]
    """`undecided` before the evidence decides, `budget` where the budget ended before."""
    reason: str
    dialogues: int
    replies: int
    """Replies that differed from the incumbent's."""
    e_value: float
    gain: Interval | None
    """First-order estimate of the gain of a whole dialogue, in points."""


class TurnTrial:
    """One candidate's answers in the incumbent's dialogues; may be left and gone on with.

    Args:
        runner: Puts the questions to the models.
        candidate: The supporter under test.
        incumbent: Whose dialogues they are.
        rule: When to pass it, and when to give up; its pairs are dialogues here.
        look_every: Dialogues between two looks at the evidence.
    """

    def __init__(
        self,
        runner: Runner,
        candidate: SupportAgent,
        incumbent: Incumbent,
        rule: ChallengeRule,
        look_every: int,
    ) -> None:
        self.runner = runner
        self.candidate = candidate
        self.incumbent = incumbent
        self._outlook = incumbent.outlook
        self._rule = rule
        self._look_every = look_every
        self._evidence = PairedEvidence()
        self._gains: defaultdict[str, list[float]] = defaultdict(list)
        self._replies = 0

    def go_on(self, until: int) -> Screening:
        """Answer in further dialogues until the evidence decides or so many have been answered."""
        while self._evidence.n < until:
            read = self._evidence.n
            found = effects(
                self.runner,
                self.candidate,
                self.incumbent.logged(read + self._look_every)[read:],
                self._outlook,
            )
            if not found:
                return self._so_far("budget", "the budget ended before the evidence did")
            for effect in found:
                self._replies += effect.replies
                self._gains[effect.profile].append(effect.gain)
                self._evidence = self._evidence.add(max(-1.0, min(1.0, effect.gain / REACH)))
            verdict = judge(self._evidence, self._rule, unit=REACH, noun="dialogues")
            if verdict.outcome != "continue":
                passed = verdict.outcome == "accept"
                return self._so_far("pass" if passed else "fail", verdict.reason)
        found_so_far = f"gain {REACH * self._evidence.mean:+.1f} points after {self._evidence.n}"
        return self._so_far("undecided", f"{found_so_far} dialogues, which is not enough to tell")

    def _so_far(
        self, outcome: Literal["pass", "fail", "undecided", "budget"], reason: str
    ) -> Screening:
        return Screening(
            outcome=outcome,
            reason=reason,
            dialogues=self._evidence.n,
            replies=self._replies,
            e_value=self._evidence.e_value,
            gain=clustered_interval(self._gains, bounds=(-100, 100)) if self._gains else None,
        )


def effects(
    runner: Runner, candidate: SupportAgent, dialogues: Sequence[Logged], outlook: Outlook
) -> list[Effect]:
    """What the candidate would have changed in each dialogue; none where the budget ends.

    An answer that is missing (an infrastructure failure) counts as no change.
    """
    states = [state for dialogue in dialogues for state in _states_of(*dialogue)]
    answers = runner.answer(candidate, states)
    if len(answers) < len(states):
        return []
    found: list[Effect] = []
    rest = iter(zip(states, answers, strict=True))
    for profile, rollout in dialogues:
        gain, replies = 0.0, 0
        for state, answer in (next(rest) for _ in _states_of(profile, rollout)):
            before = rollout.exchanges[state.turn]
            if answer is None or answer.emotion is None or before.emotion is None:
                continue
            gain += outlook.worth(state.turn, answer.emotion - before.emotion)
            replies += answer.reply != before.reply
        found.append(Effect(profile.id, gain, replies))
    return found


def _states_of(profile: Profile, rollout: Rollout) -> list[State]:
    """The moments of a dialogue at which the supporter replied."""
    return [
        State(profile, rollout, turn)
        for turn, exchange in enumerate(rollout.exchanges)
        if exchange.reply is not None
    ]
