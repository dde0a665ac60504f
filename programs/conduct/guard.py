"""Keeps a supporter's replies to the conduct: the one mechanism of simulation and deployment.

Help comes first where the person is in danger. A reply that breaks a hard rule is asked for again
with its faults named, and then replaced by the conduct's own safe words.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from copy import copy

import dspy

from esc_skills.signatures.conduct import Breach, hard
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.reading import Level, Reading
from esc_skills.signatures.words import language_of

from ..models.failures import DialogueError, NoReply
from .counts import ConductCounter, ConductCounts
from .danger import read_danger
from .help import read_help
from .kinds import JudgeRule, LengthRule, SayRule
from .reading import SeekerReader, about, read_floor, said_by_seeker
from .replies import Moment, check_moment
from .reviewer import ConductJudge
from .rules import Conduct, read_conduct

REPAIRS = 2
"""Times that a reply which breaks a hard rule is asked for again."""
SHOWN_FAULTS = 4
"""Faults of a reply that the model is told at once."""
HELP_ALONE = "the model failed; help was named"
REPLACED = "the model's reply broke a rule of the conduct, and was replaced"


class Guard:
    """Reads what people say and what is answered; asks a model only about rules that need one.

    Args:
        conduct: The rules of replies; the packaged ones by default.
        active: Whether it does anything; what it lets pass is not counted.
        reader: Reads every message by a model, which may find more danger than the rules do.
        country: Where the people are whose lines of help are named; None where nobody knows.
    """

    def __init__(
        self,
        conduct: Conduct | None = None,
        *,
        active: bool = True,
        reader: SeekerReader | None = None,
        country: str | None = None,
    ) -> None:
        self.conduct = conduct or read_conduct()
        self.active = active
        self.counter = ConductCounter(self.conduct)
        self.judge = ConductJudge()
        self.reader = reader
        self.country = country

    @property
    def identity(self) -> str:
        """What tells it from another guard; empty where it does nothing."""
        reads = "reading " if self.reader else ""
        return f"{reads}{self.conduct.identity}" if self.active else ""

    @property
    def calls(self) -> int:
        """Model calls that a reply takes for reading and review, if it is not asked for again."""
        return self.active * (bool(self.reader) + bool(self.conduct.judged("replies")))

    @property
    def counts(self) -> ConductCounts:
        """What it has seen and done so far."""
        return self.counter.counts

    def counting_anew(self) -> "Guard":
        """The same guard, which has seen nothing yet."""
        fresh = copy(self)
        fresh.counter = ConductCounter(self.conduct)
        return fresh

    def turn(self, history: Sequence[Turn], message: str) -> "GuardedTurn":
        """One turn of the supporter.

        Args:
            history: The conversation before `message`, oldest first.
            message: What the person has just said.
        """
        return GuardedTurn(self, (*history, Turn(speaker="seeker", text=message)))

    def read(self, turns: Sequence[Turn]) -> Reading:
        """What the seeker wants, and in what danger they are, by their last message.

        Args:
            turns: The conversation, which ends with that message.

        Raises:
            BudgetExhausted: There is a reader, and the budget has no call left.
        """
        if self.reader is not None:
            return self.reader(turns)
        return read_floor(said_by_seeker(turns))

    def help_for(self, messages: Sequence[str]) -> str:
        """What to say first to a person; empty where the last message shows no danger by the rules.

        Args:
            messages: What the person has said, in order.
        """
        return self.help_words(read_danger(messages).level, messages[-1]) if messages else ""

    def help_words(self, level: Level, message: str) -> str:
        """What to say first to a message that shows so much danger."""
        if level == "none":
            return ""
        language, told = language_of(message), read_help()
        words = told.help_in(language, self.country)
        return f"{told.words[language].imminent} {words}" if level == "imminent" else words

    def safe_words(self, message: str) -> str:
        """What to say in place of a reply that keeps breaking a rule."""
        language = language_of(message)
        return self.conduct.safe.get(language) or read_help().words[language].safe

    def breaches(self, moment: Moment) -> tuple[Breach, ...]:
        """All rules that a reply breaks; the judge is asked where no other hard rule is broken."""
        found = check_moment(moment, self.conduct)
        if hard(found):
            return found
        return (*found, *self.judge(self.conduct.judged("replies"), moment.reply, moment.before))


class GuardedTurn:
    """One turn under a guard: what is said first, what the model says, and what comes of it."""

    def __init__(self, guard: Guard, before: tuple[Turn, ...]) -> None:
        self._guard, self._before = guard, before
        reading = guard.read(before) if guard.active else Reading()
        self.help = guard.help_words(reading.risk, before[-1].text)
        """Help that is said first; empty where the person is in no danger."""
        reads = guard.active and guard.reader is not None
        self.about = about(reading, read_danger(said_by_seeker(before)).level) if reads else ""
        """What the supporter is told of what a model read; empty for harmless messages."""
        self.first: tuple[Breach, ...] = ()
        """Rules that the model's first reply broke, without the help in front of it."""
        self._left: tuple[Breach, ...] = ()
        self._checked: str | None = None
        self._asked = 0
        self._said: dspy.Prediction | None = None

    @property
    def opening(self) -> str:
        """What the reply begins with."""
        return f"{self.help}\n\n" if self.help else ""

    def may_say(self, beginning: str) -> bool:
        """Whether the beginning of a reply may be said before its end is known.

        Not where a hard rule can be kept or broken by the end.
        """
        rules = [rule for rule in self._guard.conduct.rules if rule.severity == "hard"]
        if any(_needs_the_end(rule) for rule in rules):
            return False
        return not hard(check_moment(self._moment(beginning), self._guard.conduct))

    def check(self, answer: dspy.Prediction) -> str:
        """What is wrong with the model's reply, for the next attempt.

        Empty also where it was asked for often enough; then `take` replaces it.
        """
        if not self._guard.active:
            return ""
        faults = hard(self._breaches_of(str(answer.reply or "")))
        if not faults or self._asked >= REPAIRS:
            return ""
        if not self._asked:
            self._guard.counter.did("asked again")
        self._asked += 1
        named = (f"to the rule {one.rule}, but {one.why}: {one.quote!r}" for one in faults)
        return f"the reply must keep {'; and '.join([*named][:SHOWN_FAULTS])}"

    def take(self, answer: dspy.Prediction, said: str = "") -> None:
        """The model's answer ends the turn; safe words replace it where it breaks a hard rule.

        Args:
            answer: Its reply, skill and why.
            said: What has been said of it already.
        """
        reply = str(answer.reply or "")
        if self._guard.active and reply and hard(self._breaches_of(reply)):
            self._replace(said, answer.skill)
            return
        self._said = answer

    @contextmanager
    def answered(self, *, help_suffices: bool = False) -> Generator[None]:
        """Within the block a model may fail where something else can be said instead.

        Args:
            help_suffices: Whether help alone is an answer. It is to a person; in a simulation a
                model that cannot be reached is missing data.
        """
        try:
            yield
        except DialogueError as error:
            if self._asked and isinstance(error, NoReply):
                self._replace()
            elif not (help_suffices and self.help):
                raise

    def spoken(self) -> dspy.Prediction:
        """The whole turn: `reply`, `skill` and `why`."""
        if self._said is None:
            return dspy.Prediction(reply=self.help, skill=None, why=HELP_ALONE)
        reply = str(self._said.reply or "")
        if self._guard.active and reply:
            self._count(reply)
        whole = self.opening + reply if reply else self.help
        return dspy.Prediction(reply=whole, skill=self._said.skill, why=str(self._said.why or ""))

    def _moment(self, reply: str) -> Moment:
        return Moment(self._before, reply, self.help, read=self._guard.reader is not None)

    def _breaches_of(self, reply: str) -> tuple[Breach, ...]:
        """What a reply breaks behind the help; a reply that was just checked is not read again."""
        if self._checked != reply:
            first = self._checked is None
            self._checked, self._left = reply, self._guard.breaches(self._moment(reply))
            if first:
                self.first = self._left
                if self.help:
                    alone = self._moment(reply)._replace(opening="")
                    bare = check_moment(alone, self._guard.conduct)
                    known = {breach.rule for breach in self._left}
                    self.first = (*self._left, *(b for b in bare if b.rule not in known))
        return self._left

    def _replace(self, said: str = "", skill: str | None = None) -> None:
        self._guard.counter.did("replaced")
        words = self._guard.safe_words(self._before[-1].text)
        reply = f"{said.rstrip()} {words}" if said.strip() else words
        self._said = dspy.Prediction(reply=reply, skill=skill, why=REPLACED)
        # the safe words are the conduct's own: nobody is asked about them
        self._checked, self._left = reply, check_moment(self._moment(reply), self._guard.conduct)

    def _count(self, reply: str) -> None:
        left = self._breaches_of(reply)
        self._guard.counter.reply(self._moment(reply), self.first, left)
        if self.help:
            self._guard.counter.did("danger")


def _needs_the_end(rule: object) -> bool:
    return isinstance(rule, JudgeRule | SayRule) or (
        isinstance(rule, LengthRule) and rule.least > 0
    )
