"""Phrases of a conduct as regular expressions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import re2

_WORDS = re.compile(r"\{([^\W\d]\w*)\}")
_EDGES = ("(?<![a-z0-9])", "(?![a-z0-9])")
_BEHIND = re.compile(r"\(\?<[!=][^)]*\)|\\b")
_BLANK = re.compile(r" (?![?*+{])")
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<?[!=]|\(|\)|.", re.DOTALL)
"""An escape, a class of characters, the opening of a look around, a group's ends, or else."""
_ANYTHING = "(?s)."
_MEMORY = 64 << 20


class Phrase(NamedTuple):
    """A phrase of a rule, compiled."""

    tight: re.Pattern[str]
    loose: re.Pattern[str]
    """For texts in which the spaces between words are lost."""


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
    kinds = ((english, _EDGES), (chinese, ("", "")), (marks, ("", "")))
    return tuple(
        _phrase(expanded(phrase, words) if kind is not marks else phrase, edges)
        for kind, edges in kinds
        for phrase in kind
    )


def _phrase(body: str, edges: tuple[str, str]) -> Phrase:
    tight = body if edges[0] == "" else f"{edges[0]}(?:{body}){edges[1]}"
    loose = _BLANK.sub(" ?", _BEHIND.sub("", body))
    return Phrase(re.compile(tight, re.MULTILINE), re.compile(loose, re.MULTILINE))


def expanded(phrase: str, words: Mapping[str, str]) -> str:
    """A phrase as a regular expression.

    Raises:
        KeyError: It names words that are not defined.
    """
    while _WORDS.search(phrase):
        phrase = _WORDS.sub(lambda name: words[name[1]], phrase)
    phrase = phrase.replace(" ~ ", r" (?:[^\s.!?;:]+ ){0,4}?")
    return phrase.replace("~", r"[^.!?;\n]{0,8}?")


class PhraseSet:
    """Phrases that are looked for together: one pass over a text tells which may be in it.

    Args:
        phrases: The phrases.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = tuple(phrases)

    def possible(self, text: str, *, loose: bool = False) -> Iterator[int]:
        """The places of the phrases that a text may hold, in order; no other is in it."""
        found = (self._loose if loose else self._tight).Match(text) or ()
        if text and len(self.phrases) not in found:
            found = range(len(self.phrases))  # the automaton ran out of memory: try each
        yield from (place for place in sorted(found) if place < len(self.phrases))

    def holds(self, text: str) -> bool:
        """Whether any of them is in a text."""
        return any(self.phrases[place].tight.search(text) for place in self.possible(text))

    @cached_property
    def _tight(self) -> "re2.Set":
        return _automaton([phrase.tight for phrase in self.phrases])

    @cached_property
    def _loose(self) -> "re2.Set":
        return _automaton([phrase.loose for phrase in self.phrases])


def _automaton(patterns: Sequence[re.Pattern[str]]) -> "re2.Set":
    """All patterns without their looks around, and at the end one that matches any text."""
    options = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    automaton = re2.Set.SearchSet(options)
    for pattern in patterns:
        try:
            automaton.Add("(?m)" + _without_looks(pattern.pattern).replace("(?P<act>", "(?:"))
        except re2.error:  # what this engine cannot read may be in any text
            automaton.Add(_ANYTHING)
    automaton.Add(_ANYTHING)
    automaton.Compile()
    return automaton


def _without_looks(pattern: str) -> str:
    """A regular expression without its looks ahead and behind: it matches at least as much."""
    kept: list[str] = []
    depth = inside = 0
    for piece in _PIECE.findall(pattern):
        depth += piece.startswith("(")
        if not inside and piece in ("(?!", "(?=", "(?<!", "(?<="):
            inside = depth
        if not inside:
            kept.append(piece)
        if piece == ")":
            inside = 0 if inside == depth else inside
            depth -= 1
    return "".join(kept)
