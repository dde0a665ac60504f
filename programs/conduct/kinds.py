"""The kinds of rules that a conduct may hold, as typed data; docs/conduct.md describes each."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from esc_skills.signatures.conduct import Breach, Severity
from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.reading import DangerLevel

Subject = Literal["skills", "replies"]
"""What a rule is about: texts of skills and of the policy, or replies."""
HELP, REPLY, DANGER = "help", "reply", "danger"
"""Acts that every conduct knows: a reply names a way to get help; is any reply at all; and, of the
person: a message shows danger to life."""


class _Rule(Frozen):
    name: str = Field(min_length=1)
    severity: Severity = "hard"

    def breach(self, why: str, quote: str, place: str = "") -> Breach:
        """That it is broken.

        Args:
            why: How.
            quote: The words that break it.
            place: Where they stand.
        """
        return Breach(rule=self.name, severity=self.severity, why=why, quote=quote, place=place)


class Phrases(Frozen):
    """What is looked for in a text, by language."""

    english: tuple[str, ...] = ()
    """Phrases in English; matched at the edges of words."""
    chinese: tuple[str, ...] = ()
    """Phrases in Chinese."""
    marks: tuple[str, ...] = ()
    """Regular expressions that are matched as they stand."""

    @property
    def each(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.english, *self.chinese, *self.marks)


class WordRule(_Rule, Phrases):
    """Something that must not be said."""

    kind: Literal["words"] = "words"
    why: str = Field(min_length=1)
    """What is wrong with it, as a clause."""
    about: tuple[Subject, ...] = ("skills", "replies")
    excusable: bool = True
    """Whether a warning against it, or a report that somebody says it, is harmless."""
    quoted: bool = True
    """Whether words in quotation marks count, which may be somebody else's."""
    everywhere: bool = False
    """Whether it is looked for in fields of warnings, too."""


class LearnedRule(_Rule):
    """A skill or reply must not read like an unsafe one, as `wording.py` tells without a model."""

    kind: Literal["learned"]
    about: Subject
    above: float = Field(gt=0, le=1)
    """How likely unsafe it must read to break the rule, 0..1."""


class ReadableRule(_Rule):
    """A skill must be in a language that the rules of wording read, English or Chinese."""

    kind: Literal["readable"]


class LengthRule(_Rule):
    """How much a reply may hold."""

    kind: Literal["length"]
    unit: Literal["sentences", "words", "questions", "characters"]
    least: int = Field(default=0, ge=0)
    most: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.most is not None and self.least > self.most:
            raise ValueError(f"rule {self.name}: least must not be above most")
        return self


class LanguageRule(_Rule):
    """A reply must be in one language, English or Chinese."""

    kind: Literal["language"]
    language: Language | Literal["person"] = "person"
    """`person` is that of the person's last message."""


class SayRule(_Rule):
    """A reply must do something."""

    kind: Literal["say"]
    act: str
    when: str | None = None
    """Act of the person's last message that demands it; None demands it always."""


class NumberRule(_Rule):
    """A reply may name no telephone number but those of the file of help and those given to it."""

    kind: Literal["numbers"]
    known: tuple[str, ...] = ()
    """Further numbers that it may name."""


class JudgeRule(_Rule):
    """What only a reader can tell; the role `judge` is asked, and quotes what breaks the rule."""

    kind: Literal["judged"]
    rule: str = Field(min_length=1)
    """What must hold, as a sentence about a reply or a skill."""
    about: tuple[Subject, ...] = ("replies",)


class BeforeRule(_Rule):
    """Over a dialogue: one act only after another (PDDL3's `sometime-before`)."""

    kind: Literal["before"]
    first: str
    """Act that must have come before, in an earlier reply."""
    then: str
    """Act that must wait for it."""
    replies: int = Field(default=1, ge=1)
    """Earlier replies that must have done the first."""


class AnswerRule(_Rule):
    """Over a dialogue: what a person says is answered in time (PDDL3's `always-within`)."""

    kind: Literal["answer"]
    sign: str
    """Act of a person's message; or `danger`."""
    level: DangerLevel = "direct"
    """The least danger that counts, where the sign is danger."""
    act: str
    """Act of the reply that answers it."""
    within: int = Field(default=1, ge=1)
    """Replies in which it must come; 1 is at once."""


class MostRule(_Rule):
    """Over a dialogue: an act at most so often (PDDL3's `at-most-once`)."""

    kind: Literal["most"]
    act: str
    times: int = Field(ge=0)
    """Replies that may do it."""


class RepeatRule(_Rule):
    """Over a dialogue: no sentence is said twice."""

    kind: Literal["repeat"]
    words: int = Field(default=5, ge=1)
    """Shorter sentences may return."""


ReplyRule = (
    LengthRule
    | LanguageRule
    | SayRule
    | NumberRule
    | JudgeRule
    | BeforeRule
    | AnswerRule
    | MostRule
    | RepeatRule
)
"""Rules of replies, and of replies in their dialogue."""


def _kind(entry: Any) -> str:  # noqa: ANN401 - as pydantic passes it
    kind = entry.get("kind", "words") if isinstance(entry, Mapping) else getattr(entry, "kind", "")
    return str(kind)


Rule = Annotated[
    Annotated[WordRule, Tag("words")]
    | Annotated[LearnedRule, Tag("learned")]
    | Annotated[ReadableRule, Tag("readable")]
    | Annotated[LengthRule, Tag("length")]
    | Annotated[LanguageRule, Tag("language")]
    | Annotated[SayRule, Tag("say")]
    | Annotated[NumberRule, Tag("numbers")]
    | Annotated[JudgeRule, Tag("judged")]
    | Annotated[BeforeRule, Tag("before")]
    | Annotated[AnswerRule, Tag("answer")]
    | Annotated[MostRule, Tag("most")]
    | Annotated[RepeatRule, Tag("repeat")],
    Discriminator(_kind),
]


def acts_of(rule: Rule) -> Iterator[str]:
    """The acts that a rule names."""
    match rule:
        case SayRule():
            yield from (act for act in (rule.act, rule.when) if act)
        case BeforeRule():
            yield from (rule.first, rule.then)
        case AnswerRule():
            yield from (rule.sign, rule.act)
        case MostRule():
            yield rule.act
        case _:
            return
