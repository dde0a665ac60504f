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

import random
from collections import Counter, defaultdict
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

SEEKERS = 16
"""Seekers at most in whose dialogues a candidate is looked for at first."""
LOOK_EVERY = 4
"""Dialogues between two looks at the evidence."""
NO_MORE = "the budget (or the model) gave no further dialogue before the evidence could decide"
REACH = 15.0
"""Final points at which the effect of one reply is cut off, so that the test has a bound."""


class Effect(NamedTuple):
    """What a candidate would have changed in one dialogue."""

    profile: str
    changes: tuple[float, ...]
    """What each reply that differs amounts to, in final points, to first order."""

    @property
    def gain(self) -> float:
        """What they amount to together."""
        return sum(self.changes)


class TurnResult(Frozen):
    """How a candidate has fared so far at the moments of the incumbent's dialogues."""

    outcome: Literal["pass", "fail", "idle", "undecided", "budget"]
    """`idle` where nothing differs, `undecided` before the evidence decides, `budget` where there
    was no further dialogue to be had."""
    reason: str
    dialogues: int
    """Those in which a reply differed."""
    replies: int
    """Replies that differed from the incumbent's."""
    e_value: float
    gain: Interval | None
    """First-order estimate of the gain of a dialogue that differs, in points."""


class TurnTrial:
    """One candidate's answers in the incumbent's dialogues; may be left and gone on with.

    First a dialogue with every seeker (or with a sample of them) shows where the candidate answers
    differently at all; from then on only those seekers are asked for, since elsewhere the
    difference is nothing. The evidence counts reply by reply: given all that went before, two
    replies of banks that do not differ in effect are exchangeable, so that what is seen is
    symmetric about 0 at every single reply. (It is not for sums over a dialogue, whose length
    depends on the incumbent's luck.)

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
        self.runner = runner
        self.candidate = candidate
        self.incumbent = incumbent
        self._outlook = incumbent.outlook if outlook is None else outlook
        self._rule = rule
        self._evidence = PairedEvidence()
        self._gains: defaultdict[str, list[float]] = defaultdict(list)
        self._read: Counter[str] = Counter()

    def go_on(self, until: int) -> TurnResult:
        """Answer in further dialogues until the evidence decides, or so many replies differ."""
        if not self._read:
            names = [profile.id for profile in self.incumbent.profiles]
            picked = random.Random(self.runner.seed).sample(names, min(SEEKERS, len(names)))
            if not self._read_on(picked):
                return self._so_far("budget", NO_MORE)
        where = sorted(self._gains)
        if not where:
            reason = f"no reply would change in {self._read.total()} dialogues"
            return self._so_far("idle", reason)
        while True:
            verdict = judge(self._evidence, self._rule, unit=REACH, noun="replies that differ")
            if verdict.outcome != "continue":
                passed = verdict.outcome == "accept"
                return self._so_far("pass" if passed else "fail", verdict.reason)
            if self._evidence.n >= until or self._read.total() >= until:
                return self._so_far("undecided", f"{verdict.reason}: not enough to tell")
            times = -(-LOOK_EVERY // len(where))
            if not self._read_on([name for name in where for _ in range(times)]):
                return self._so_far("budget", NO_MORE)

    def _read_on(self, names: Sequence[str]) -> bool:
        """Answer in one further dialogue for each name; False where there is none to be had."""
        wanted = Counter(names)
        logged = self.incumbent.logged({n: self._read[n] + k for n, k in wanted.items()})
        batch = [dialogue for name in wanted for dialogue in logged[name][self._read[name] :]]
        found = effects(self.runner, self.candidate, batch, self._outlook)
        if not found:
            return False
        self._read.update(effect.profile for effect in found)
        for effect in found:
            if effect.changes:
                self._gains[effect.profile].append(effect.gain)
            for change in effect.changes:
                self._evidence = self._evidence.add(max(-1.0, min(1.0, change / REACH)))
        return True

    def _so_far(
        self, outcome: Literal["pass", "fail", "idle", "undecided", "budget"], reason: str
    ) -> TurnResult:
        return TurnResult(
            outcome=outcome,
            reason=reason,
            dialogues=sum(map(len, self._gains.values())),
            replies=self._evidence.n,
            e_value=self._evidence.e_value,
            gain=clustered_interval(self._gains, bounds=(-100, 100)) if self._gains else None,
        )


def effects(
    runner: Runner,
    candidate: SupportAgent,
    dialogues: Sequence[Logged],
    outlook: Outlook,
) -> list[Effect]:
    """What the candidate would have changed in each dialogue; none where the budget ends.

    An answer that is missing (an infrastructure failure) counts as no change.

    Args:
        runner: Puts the questions to the models.
        candidate: Who answers.
        dialogues: Dialogues of the incumbent.
        outlook: What changes of emotion are worth at the end.
    """
    chosen = [_states_of(*dialogue) for dialogue in dialogues]
    states = [state for some in chosen for state in some]
    answers = runner.answer(candidate, states)
    if len(answers) < len(states):
        return []
    found: list[Effect] = []
    rest = iter(zip(states, answers, strict=True))
    for (profile, rollout), some in zip(dialogues, chosen, strict=True):
        changes: list[float] = []
        for state, answer in (next(rest) for _ in some):
            before = rollout.exchanges[state.turn]
            if answer is None or answer.emotion is None or before.emotion is None:
                continue
            if answer.reply != before.reply:
                changes.append(outlook.worth(state.turn, answer.emotion - before.emotion))
        found.append(Effect(profile.id, tuple(changes)))
    return found


def _states_of(profile: Profile, rollout: Rollout) -> list[State]:
    """The moments of a dialogue at which the supporter replied."""
    return [
        State(profile, rollout, turn)
        for turn, exchange in enumerate(rollout.exchanges)
        if exchange.reply is not None
    ]
