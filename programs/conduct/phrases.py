"""Phrases of a conduct as regular expressions."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_WORDS = re.compile(r"\{([^\W\d]\w*)\}")
_HAN, _ANY = LETTERS = re.compile("[\u4e00-\u9fff]"), re.compile("[a-z<\\[]")
_EDGES = ("(?<![a-z0-9])", "(?![a-z0-9])")
_BEHIND = re.compile(r"\(\?<[!=][^)]*\)|\\b")
_BLANK = re.compile(r" (?![?*+{])")


class Phrase(NamedTuple):
    """A phrase of a rule, compiled."""

    tight: re.Pattern[str]
    loose: re.Pattern[str]
    """For texts in which the spaces between words are lost."""
    letters: re.Pattern[str]
    """What a text must hold to be worth a look: letters of the phrase's language."""


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
        _phrase(expanded(phrase, words) if kind is not marks else phrase, edges, letters)
        for kind, edges, letters in kinds
        for phrase in kind
    )


def _phrase(body: str, edges: tuple[str, str], letters: re.Pattern[str]) -> Phrase:
    tight = body if edges[0] == "" else f"{edges[0]}(?:{body}){edges[1]}"
    loose = _BLANK.sub(" ?", _BEHIND.sub("", body))
    return Phrase(re.compile(tight, re.MULTILINE), re.compile(loose, re.MULTILINE), letters)


def expanded(phrase: str, words: Mapping[str, str]) -> str:
    """A phrase as a regular expression.

    Raises:
        KeyError: It names words that are not defined.
    """
    while _WORDS.search(phrase):
        phrase = _WORDS.sub(lambda name: words[name[1]], phrase)
    phrase = phrase.replace(" ~ ", r" (?:[^\s.!?;:]+ ){0,4}?")
    return phrase.replace("~", r"[^.!?;\n]{0,8}?")
