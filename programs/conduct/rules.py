"""The conduct as typed data, read from YAML; docs/conduct.md describes every type of rule."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, ValidationError, model_validator

from esc_skills.signatures.conduct import Severity
from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.reading import DangerLevel

from ..reading.yaml_text import load_yaml
from .concepts import Combination, Combinations, Found, Lexicon, is_talk, packaged_lexicon
from .phrases import Phrase, PhraseSet, compiled, expanded

PACKAGED = Path(__file__).with_name("conduct.yaml")
"""The conduct that holds where no other is named."""
Subject = Literal["skills", "replies"]
"""What a rule is about: texts of skills and of the policy, or replies."""
HELP, REPLY, DANGER = "help", "reply", "danger"
"""Acts that every conduct knows: a reply names a way to get help; is any reply at all; and, of the
person: a message shows danger to life."""

_LONGEST = 200
"""Characters of what is told of a wrong entry, which may quote it."""


class ConductError(ValueError):
    """A conduct file cannot be used; says which entry is wrong and what it must be."""


class _Rule(Frozen):
    name: str = Field(min_length=1)
    severity: Severity = "hard"


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
    together: tuple[str, ...] = ()
    """Combinations of concepts that say it in whatever words; see concepts.py."""
    advised: tuple[str, ...] = ()
    """Further ones, for skills only: in advice to a supporter, less has to be said to mean it."""
    quoted: bool = True
    """Whether words in quotation marks count, which may be somebody else's."""
    everywhere: bool = False
    """Whether it is looked for in fields of warnings, too."""


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


class Conduct(Frozen):
    """The rules of what skills may advise, replies may say, and dialogues must keep."""

    words: Mapping[str, str] = Field(default_factory=dict)
    """Regular expressions that phrases name in braces."""
    concepts: Mapping[str, Phrases] = Field(default_factory=dict)
    """Concepts besides the packaged ones, by their words; combinations name them."""
    acts: Mapping[str, Phrases] = Field(default_factory=dict)
    """What replies and people do, by the words that show it; rules name it."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    safe: Mapping[Language, str] = Field(default_factory=dict)
    """What is said in place of a reply that keeps breaking a hard rule, by language; the words of
    the file of help where there are none."""

    @model_validator(mode="after")
    def _phrases_can_be_compiled(self) -> Self:
        named = [(f"act {name}", phrases) for name, phrases in self.acts.items()]
        named += [(f"rule {rule.name}", rule) for rule in self.rules if isinstance(rule, WordRule)]
        for owner, phrases in named:
            for phrase in phrases.each:
                try:
                    re.compile(expanded(phrase, self.words))
                except (re.error, KeyError) as error:
                    raise ValueError(f"{owner}: {phrase!r} is wrong: {error}") from error
        return self

    @model_validator(mode="after")
    def _concepts_are_known(self) -> Self:
        for rule in self.rules:
            try:
                if isinstance(rule, WordRule):
                    _ = self._combined([rule], "skills"), self._combined([rule], "replies")
            except KeyError as error:
                raise ValueError(f"rule {rule.name}: there is no concept {error}") from error
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        names = [rule.name for rule in self.rules]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"rule {twice}: there must be one rule of that name only")
        for rule in self.rules:
            for act in _acts_of(rule):
                if act not in (*self.acts, HELP, REPLY, DANGER):
                    raise ValueError(f"rule {rule.name}: there is no act {act!r}")
        return self

    def __hash__(self) -> int:
        return hash(self.identity)

    @cached_property
    def identity(self) -> str:
        """Hash of the rules."""
        return content_hash(self.model_dump(mode="json"))

    @cached_property
    def lexicons(self) -> Mapping[Subject, Lexicon]:
        """The packaged concepts and the conduct's own; those for skills hold more words."""
        lexicons: dict[Subject, Lexicon] = {
            "skills": packaged_lexicon("concepts.yaml", "advice_concepts.yaml"),
            "replies": packaged_lexicon("concepts.yaml"),
        }
        for name, words in self.concepts.items():
            for phrase in words.each:
                for lexicon in lexicons.values():
                    lexicon.add(name, phrase)
        return lexicons

    @cached_property
    def phrases(self) -> Mapping[Subject, "RulePhrases"]:
        """The compiled phrases of the rules of wording, by what they are about."""
        found: dict[Subject, RulePhrases] = {}
        for subject in self.lexicons:
            rules = [r for r in self.rules if isinstance(r, WordRule) and subject in r.about]
            together = [self._combined(rules, "replies")]
            if subject == "skills":
                together.append(self._combined(rules, "skills"))
            found[subject] = RulePhrases(rules, self.words, together)
        return found

    def _combined(self, rules: Sequence[WordRule], subject: Subject) -> Combinations[WordRule]:
        """The combinations of rules.

        Raises:
            KeyError: One names a concept that there is not.
        """
        lexicon = self.lexicons[subject]
        pairs = [
            (rule, Combination(text, lexicon))
            for rule in rules
            for text in (*rule.together, *(rule.advised if subject == "skills" else ()))
        ]
        return Combinations(pairs, lexicon)

    @cached_property
    def shown(self) -> Mapping[str, PhraseSet]:
        """The compiled phrases of each act."""
        return {
            name: PhraseSet(compiled(act.english, act.chinese, act.marks, self.words))
            for name, act in self.acts.items()
        }

    def judged(self, about: Subject) -> tuple[JudgeRule, ...]:
        """The rules that a model must judge."""
        rules = [rule for rule in self.rules if isinstance(rule, JudgeRule)]
        return tuple(rule for rule in rules if about in rule.about)


class RulePhrases:
    """The phrases of rules of wording, looked for together.

    Args:
        rules: The rules.
        words: Regular expressions that phrases name in braces.
        together: Their combinations of concepts; after the first, those that count in advice only.
    """

    def __init__(
        self,
        rules: Sequence[WordRule],
        words: Mapping[str, str],
        together: Sequence[Combinations[WordRule]],
    ) -> None:
        pairs = [
            (rule, phrase)
            for rule in rules
            for phrase in compiled(rule.english, rule.chinese, rule.marks, words)
        ]
        self._rules = [rule for rule, _ in pairs]
        self._set = PhraseSet([phrase for _, phrase in pairs])
        self._together = together

    def possible(self, text: str, *, loose: bool = False) -> Iterator[tuple[WordRule, Phrase]]:
        """The phrases that a text may hold, with their rules, in the order of the conduct."""
        for place in self._set.possible(text, loose=loose):
            yield self._rules[place], self._set.phrases[place]

    def together(self, text: str) -> Iterator[tuple[WordRule, Found]]:
        """Where a text says what combinations stand for, with their rules."""
        for combinations in self._together:
            for rule, _, sentence, found in combinations.find(text):
                talk = combinations is not self._together[0] and is_talk(sentence)
                if not (talk or (rule.excusable and found.turned)):
                    yield rule, found


def _acts_of(rule: WordRule | ReadableRule | ReplyRule) -> Iterator[str]:
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


def read_conduct(path: Path = PACKAGED) -> Conduct:
    """The conduct of a YAML file.

    Raises:
        OSError: The file cannot be read.
        ConductError: It is not YAML, or an entry is not valid.
    """
    return _packaged() if path == PACKAGED else _read(path)


@lru_cache(maxsize=1)
def _packaged() -> Conduct:
    return _read(PACKAGED)


def _read(path: Path) -> Conduct:
    try:
        return Conduct.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        parts = [str(part) for part in first["loc"]]
        if parts[:1] == ["rules"]:
            del parts[2:3]  # the kind, which pydantic puts behind the number
        place = ".".join(parts) or "the file"
        raise ConductError(
            f"{path} must be a conduct, but {place}: {first['msg'][:_LONGEST]}"
        ) from error
    except ValueError as error:
        raise ConductError(f"{path} must be YAML, but: {error}") from error
