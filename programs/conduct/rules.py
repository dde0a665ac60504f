"""The conduct as typed data, read from YAML; its phrases are compiled to regular expressions."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, Self

from pydantic import Field, ValidationError, model_validator

from esc_skills.signatures.frozen import Frozen, content_hash

from ..reading.yaml_text import load_yaml

PACKAGED = Path(__file__).with_name("conduct.yaml")
"""The conduct that holds where no other is named."""
Severity = Literal["hard", "soft"]

_WORDS = re.compile(r"\{([^\W\d]\w*)\}")
_HAN, _ANY = LETTERS = re.compile("[\u4e00-\u9fff]"), re.compile("[a-z<\\[]")
_EDGES = ("(?<![a-z0-9])", "(?![a-z0-9])")
_BEHIND = re.compile(r"\(\?<[!=][^)]*\)|\\b")
_BLANK = re.compile(r" (?![?*+{])")


class ConductError(ValueError):
    """A conduct file cannot be used; says which entry is wrong and what it must be."""


class Phrase(NamedTuple):
    """A phrase of a rule, compiled."""

    tight: re.Pattern[str]
    loose: re.Pattern[str]
    """For texts in which the spaces between words are lost."""
    letters: re.Pattern[str]
    """What a text must hold to be worth a look: letters of the phrase's language."""


class Rule(Frozen):
    """One thing that must not be said."""

    name: str = Field(min_length=1)
    why: str = Field(min_length=1)
    """What is wrong with it, as a clause."""
    severity: Severity = "hard"
    """What breaks a hard rule is refused; what breaks a soft one is reported."""
    excusable: bool = True
    """Whether a warning against it, or a report that somebody says it, is harmless."""
    everywhere: bool = False
    """Whether it is looked for in fields of warnings, too."""
    english: tuple[str, ...] = ()
    """Phrases in English; matched at the edges of words."""
    chinese: tuple[str, ...] = ()
    """Phrases in Chinese."""
    marks: tuple[str, ...] = ()
    """Regular expressions that are matched as they stand."""


class Conduct(Frozen):
    """What may not be said."""

    words: Mapping[str, str] = Field(default_factory=dict)
    """Regular expressions that phrases name in braces."""
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _phrases_can_be_compiled(self) -> Self:
        for rule in self.rules:
            for phrase in (*rule.english, *rule.chinese, *rule.marks):
                try:
                    re.compile(_expanded(phrase, self.words))
                except (re.error, KeyError) as error:
                    raise ValueError(f"rule {rule.name}: {phrase!r} is wrong: {error}") from error
        return self

    def __hash__(self) -> int:
        return hash(self.identity)

    @cached_property
    def identity(self) -> str:
        """Hash of the rules."""
        return content_hash(self.model_dump(mode="json"))

    @cached_property
    def phrases(self) -> tuple[tuple[Rule, tuple[Phrase, ...]], ...]:
        """Each rule with its compiled phrases."""
        return tuple(
            (rule, compiled(rule.english, rule.chinese, rule.marks, self.words))
            for rule in self.rules
        )


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
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConductError(f"{path} must be a conduct, but {place}: {first['msg']}") from error
    except ValueError as error:
        raise ConductError(f"{path} must be YAML, but: {error}") from error


def compiled(
    english: Sequence[str],
    chinese: Sequence[str],
    marks: Sequence[str],
    words: Mapping[str, str],
) -> tuple[Phrase, ...]:
    """Phrases as regular expressions.

    Args:
        english: Matched at the edges of words.
        chinese: Matched anywhere.
        marks: Matched anywhere, in any language.
        words: Regular expressions that phrases name in braces.

    Raises:
        KeyError: A phrase names words that are not defined.
        re.error: A phrase is no regular expression.
    """
    kinds = ((english, _EDGES, _ANY), (chinese, ("", ""), _HAN), (marks, ("", ""), _ANY))
    return tuple(
        _phrase(_expanded(phrase, words) if kind is not marks else phrase, edges, letters)
        for kind, edges, letters in kinds
        for phrase in kind
    )


def _phrase(body: str, edges: tuple[str, str], letters: re.Pattern[str]) -> Phrase:
    tight = body if edges[0] == "" else f"{edges[0]}(?:{body}){edges[1]}"
    loose = _BLANK.sub(" ?", _BEHIND.sub("", body))
    return Phrase(re.compile(tight, re.MULTILINE), re.compile(loose, re.MULTILINE), letters)


def _expanded(phrase: str, words: Mapping[str, str]) -> str:
    """A phrase as a regular expression.

    Raises:
        KeyError: It names words that are not defined.
    """
    while _WORDS.search(phrase):
        phrase = _WORDS.sub(lambda name: words[name[1]], phrase)
    phrase = phrase.replace(" ~ ", r" (?:[^\s.!?;:]+ ){0,4}?")
    return phrase.replace("~", r"[^.!?;\n]{0,8}?")
