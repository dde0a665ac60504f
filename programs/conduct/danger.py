"""Signs of danger to life in what a person says, read without a model, in English and Chinese.

A floor, not a judgement: plain words, indirect ones ("everybody would be better off without me"),
and hints that add up over the turns of a conversation. Figures of speech are left alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.reading import LEVELS, DangerLevel, Level

from .concepts import Combination, Combinations, Found, Lexicon, Sentence, packaged_lexicon
from .memory import remembered
from .normalise import View, normalise, views
from .phrases import Phrase, PhraseSet, compiled
from .tokens import stem

Sign = DangerLevel | Literal["hint"]
"""What a phrase is a sign of; two hints are one of indirect danger."""
LOOKED_BACK = 6
"""Messages of the person, the last included, in which hints add up."""
_JOINED = 4
"""Messages, the last included, over which one sentence may be spread."""
_SEAM = 160
"""Characters on either side of the last message's beginning that such a sentence may take."""
_CUT = " ; "
_TOLD = "told_of"
"""The concept of words by which somebody tells of another who is in danger, and asks for advice."""
_EXCUSES: Mapping[DangerLevel, tuple[str, ...]] = {
    "indirect": ("benign", "past", _TOLD),
    "direct": ("fiction", "past", "other", "mishap", _TOLD),
    "imminent": ("mishap",),
}
"""Concepts by which a phrase of a level is no sign in its sentence."""
_NOT = frozenset("not never no without hardly".split())
_NO_NOT = frozenset("stop only just".split())
"""Words by which a negation denies nothing: 'I can't stop thinking of death'."""
_HAN_NOT = frozenset("\u4e0d\u6ca1\u522b\u65e0")
_OTHERS = frozenset(
    stem(word)
    for word in (
        "he she they friend sister brother mother mom mum dad father cousin uncle aunt husband wife"
        " daughter son boyfriend girlfriend neighbour colleague people grandpa grandma grandmother"
        " grandfather who character hero"
    ).split()
)
"""Whoever else may be spoken of."""


class Danger(Frozen):
    """What was found in a conversation."""

    level: Level = "none"
    quote: str = ""
    """The words that show it, in plain spelling."""

    def reaches(self, level: DangerLevel) -> bool:
        """Whether it is as great as a level, or greater."""
        return self.level != "none" and LEVELS.index(self.level) <= LEVELS.index(level)


class _Signs(NamedTuple):
    harmless: PhraseSet
    phrases: PhraseSet
    levels: tuple[Sign, ...]
    """The level of each phrase."""
    together: Combinations[DangerLevel]
    lexicon: Lexicon


@lru_cache(maxsize=1)
def _signs() -> _Signs:
    data = yaml.safe_load(Path(__file__).with_name("danger.yaml").read_text(encoding="utf-8"))
    lexicon = packaged_lexicon("danger_concepts.yaml", "danger_signs.yaml")

    def phrases(entry: Mapping[str, Sequence[str]]) -> tuple[Phrase, ...]:
        return compiled(entry["english"], entry["chinese"], (), data["words"])

    levels: dict[Sign, tuple[Phrase, ...]] = {
        name: phrases(entry) for name, entry in data["levels"].items()
    }
    return _Signs(
        harmless=PhraseSet(phrases(data["harmless"])),
        phrases=PhraseSet([phrase for level in levels.values() for phrase in level]),
        levels=tuple(name for name, level in levels.items() for _ in level),
        together=Combinations(
            [(level, Combination(t, lexicon)) for level in LEVELS for t in data["together"][level]],
            lexicon,
        ),
        lexicon=lexicon,
    )


def read_danger(messages: Sequence[str]) -> Danger:
    """The danger that the last message of a person shows, read with those before it.

    Args:
        messages: What the person has said, in order; only the last few are read.
    """
    return _read(tuple(messages[-LOOKED_BACK:])) if messages else Danger()


@remembered(4096)
def _read(recent: tuple[str, ...]) -> Danger:
    """The danger that the last of some messages shows."""
    alone = _in_message(recent[-1])
    if alone.level != "none" or len(recent) == 1:
        return alone if alone.level != "none" else _hinted(recent)
    return _spread(recent[-_JOINED:]) or _hinted(recent)


@remembered(4096)
def _in_message(message: str) -> Danger:
    """The greatest danger that one message shows by itself."""
    found = [danger for view in views(message) for danger in _in_view(view)]
    return min(found, key=lambda danger: LEVELS.index(danger.level), default=Danger())


def _in_view(view: View) -> Iterator[Danger]:
    signs, text = _signs(), _without_idioms(view.text)
    for level, match in _phrases_in(text, loose=view.loose):
        excused = not view.loose and _excused(level, text, match.start())
        if level != "hint" and not excused:
            yield Danger(level=level, quote=match[0].strip())
    for level, combination, sentence, found in () if view.loose else signs.together.find(text):
        told = level != "imminent" and _TOLD in sentence.hits
        if not (told or found.turned or _denied(sentence, found, combination)):
            yield Danger(level=level, quote=text[found.start : found.end])


def _phrases_in(text: str, *, loose: bool = False) -> Iterator[tuple[Sign, re.Match[str]]]:
    """The phrases in a text without idioms, with their levels."""
    signs = _signs()
    for place in signs.phrases.possible(text, loose=loose):
        phrase = signs.phrases.phrases[place]
        if match := (phrase.loose if loose else phrase.tight).search(text):
            yield signs.levels[place], match


def _excused(level: Sign, text: str, start: int) -> bool:
    """Whether what stands around a phrase explains it, or tells of somebody else or of the past."""
    excuses = () if level == "hint" else _EXCUSES[level]
    for sentence in _signs().lexicon.read(text):
        if sentence.tokens[0].start <= start < sentence.tokens[-1].end:
            before = [token.stem for token in sentence.tokens if token.end <= start]
            told = level != "imminent" and not _OTHERS.isdisjoint(before[-2:])
            return told or any(excuse in sentence.hits for excuse in excuses)
    return False


def _denied(sentence: Sentence, found: Found, combination: Combination) -> bool:
    """Whether the words before deny it, or tell of somebody else."""
    before = [token.stem for token in sentence.tokens[max(0, found.first - 3) : found.first]]
    if not combination.denies and _NOT.intersection(before) and not _NO_NOT.intersection(before):
        return True
    if not combination.denies and _HAN_NOT.intersection(before[-2:]) and before[-1] != "\u4f4f":
        return True
    return not _OTHERS.isdisjoint(before[-2:])


@remembered(4096)
def _without_idioms(text: str) -> str:
    harmless = _signs().harmless
    for place in [*harmless.possible(text)]:
        text = harmless.phrases[place].tight.sub(_CUT, text)
    return text


def _spread(messages: Sequence[str]) -> Danger | None:
    """Danger in a sentence that is spread over the last messages."""
    *earlier, last = [normalise(message).rstrip(" .,;-\u2026") for message in messages]
    before = normalise(" ".join(earlier))[-_SEAM:]
    seam = len(_without_idioms(before))
    text = _without_idioms(normalise(f"{before} {last[:_SEAM]}"))
    found: list[Danger] = []
    for level, match in _phrases_in(text):
        if level != "hint" and match.start() < seam < match.end() - 1:
            found.append(Danger(level=level, quote=match[0]))
    for level, combination, sentence, said in _signs().together.find(text):
        over = said.start < seam < said.end - 1
        if over and not _denied(sentence, said, combination):
            found.append(Danger(level=level, quote=text[said.start : said.end]))
    return min(found, key=lambda danger: LEVELS.index(danger.level), default=None)


def _hinted(messages: Sequence[str]) -> Danger:
    """Indirect danger where two different hints were given, one of them in the last message."""
    given: dict[re.Pattern[str], str] = {}
    last: set[re.Pattern[str]] = set()
    for message in messages:
        text = _without_idioms(normalise(message))
        found = {match.re: match[0] for level, match in _phrases_in(text) if level == "hint"}
        given |= found
        last = set(found)
    if len(given) >= 2 and last:
        return Danger(level="indirect", quote=" ... ".join(given.values()))
    return Danger()
