"""The conduct: its rules with all that they look for, read from YAML."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self, get_args

from pydantic import Field, ValidationError, model_validator

from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.frozen import Frozen, content_hash

from ..reading.yaml_text import load_yaml
from .clearance import Clearance
from .kinds import (
    DANGER,
    HELP,
    REPLY,
    JudgeRule,
    LearnedRule,
    Phrases,
    Rule,
    Subject,
    WordRule,
    acts_of,
)
from .phrases import Phrase, PhraseSet, compiled, expanded

PACKAGED = Path(__file__).with_name("conduct.yaml")
"""The conduct that holds where no other is named."""
_LONGEST = 200
"""Characters of what is told of a wrong entry, which may quote it."""


class ConductError(ValueError):
    """A conduct file cannot be used; says which entry is wrong and what it must be."""


class Conduct(Frozen):
    """The rules of what skills may advise, replies may say, and dialogues must keep."""

    words: Mapping[str, str] = Field(default_factory=dict)
    """Regular expressions that phrases name in braces."""
    acts: Mapping[str, Phrases] = Field(default_factory=dict)
    """What replies and people do, by the words that show it; rules name it."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    safe: Mapping[Language, str] = Field(default_factory=dict)
    """What is said in place of a reply that keeps breaking a hard rule, by language; the words of
    the file of help where there are none."""
    cleared: tuple[Clearance, ...] = ()
    """Skills that learned rules must not refuse. A file that has these alone has the packaged
    rules."""

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
    def _names_are_known(self) -> Self:
        names = [rule.name for rule in self.rules]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"rule {twice}: there must be one rule of that name only")
        for rule in self.rules:
            for act in acts_of(rule):
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
    def phrases(self) -> Mapping[Subject, "RulePhrases"]:
        """The compiled phrases of the rules of wording, by what they are about."""
        rules = [rule for rule in self.rules if isinstance(rule, WordRule)]
        subjects: tuple[Subject, ...] = get_args(Subject)
        return {
            subject: RulePhrases([r for r in rules if subject in r.about], self.words)
            for subject in subjects
        }

    def learned(self, about: Subject) -> tuple[LearnedRule, ...]:
        """The rules that go by how a text reads."""
        rules = [rule for rule in self.rules if isinstance(rule, LearnedRule)]
        return tuple(rule for rule in rules if rule.about == about)

    def clears(self, texts: str) -> bool:
        """Whether somebody vouches for the skill whose texts have this hash."""
        return any(one.texts == texts for one in self.cleared)

    @cached_property
    def unlearned(self) -> "Conduct":
        """The same without its learned rules."""
        rules = tuple(rule for rule in self.rules if not isinstance(rule, LearnedRule))
        return self.model_copy(update={"rules": rules})

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
    """

    def __init__(self, rules: Sequence[WordRule], words: Mapping[str, str]) -> None:
        pairs = [
            (rule, phrase)
            for rule in rules
            for phrase in compiled(rule.english, rule.chinese, rule.marks, words)
        ]
        self._rules = [rule for rule, _ in pairs]
        self._set = PhraseSet([phrase for _, phrase in pairs])

    def possible(self, text: str, *, loose: bool = False) -> Iterator[tuple[WordRule, Phrase]]:
        """The phrases that a text may hold, with their rules, in the order of the conduct."""
        for place in self._set.possible(text, loose=loose):
            yield self._rules[place], self._set.phrases[place]


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
        data = load_yaml(path.read_text(encoding="utf-8"))
        if isinstance(data, dict) and data.keys() == {"cleared"}:
            data = {**vars(_packaged().model_copy()), **data}
        return Conduct.model_validate(data)
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
