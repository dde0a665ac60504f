"""Signs of danger to life in what a person says, read without a model, in English and Chinese.

A floor, not a judgement, of two parts: how the messages read (wording.py), and phrases, which count
unless the messages read harmless: plain ones, indirect ones ("everybody would be better off without
me"), and hints that add up over the turns of a conversation. Figures of speech are left alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

import yaml

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.reading import LEVELS, DangerLevel, Level

from .memory import remembered
from .normalise import View, normalise, views
from .phrases import Phrase, PhraseSet, compiled
from .tokens import sentences, stem
from .wording import message_texts, packaged

Sign = DangerLevel | Literal["hint"]
"""What a phrase is a sign of; two hints are one of indirect danger."""


class _Bar(NamedTuple):
    """How likely dangerous a message must read (0..1)."""

    alone: float
    """To show danger without any phrase of it."""
    phrases: float
    """For phrases to count."""


_FLOOR, _FIRM = _Bar(alone=0.7, phrases=0.4), _Bar(alone=0.95, phrases=0.7)
"""Where rules alone read, and where a model reads as well: what only the first sees is in doubt."""
LOOKED_BACK = 6
"""Messages of the person, the last included, in which hints add up."""
_JOINED = 4
"""Messages, the last included, over which one sentence may be spread."""
_SEAM = 160
"""Characters on either side of the last message's beginning that such a sentence may take."""
_CUT = " ; "
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


@lru_cache(maxsize=1)
def _signs() -> _Signs:
    data = yaml.safe_load(Path(__file__).with_name("danger.yaml").read_text(encoding="utf-8"))

    def phrases(entry: Mapping[str, Sequence[str]]) -> tuple[Phrase, ...]:
        return compiled(entry["english"], entry["chinese"], (), data["words"])

    levels: dict[Sign, tuple[Phrase, ...]] = {
        name: phrases(entry) for name, entry in data["levels"].items()
    }
    return _Signs(
        harmless=PhraseSet(phrases(data["harmless"])),
        phrases=PhraseSet([phrase for level in levels.values() for phrase in level]),
        levels=tuple(name for name, level in levels.items() for _ in level),
    )


def read_danger(messages: Sequence[str], *, firm: bool = False) -> Danger:
    """The danger that the last message of a person shows, read with those before it.

    Args:
        messages: What the person has said, in order; only the last few are read.
        firm: Whether only what reads dangerous beyond doubt counts, which no model may deny.
    """
    return _read(tuple(messages[-LOOKED_BACK:]), firm) if messages else Danger()


@remembered(4096)
def _read(recent: tuple[str, ...], firm: bool) -> Danger:
    """The danger that the last of some messages shows, by phrases or by how they read."""
    bar = _FIRM if firm else _FLOOR
    model, texts = packaged("messages"), message_texts(recent)
    reading = model.read(texts)
    if reading.unsafe < bar.phrases:
        return Danger()
    found = [_in_message(recent[-1]), _spread(recent[-_JOINED:]), _hinted(recent)]
    if reading.unsafe > bar.alone:
        level = reading.likeliest
        found.append(Danger(level=cast("Level", level), quote=model.quote(texts, level)))
    return _greatest(found)


def _greatest(found: Iterable[Danger]) -> Danger:
    some = [danger for danger in found if danger.level != "none"]
    return min(some, key=lambda danger: LEVELS.index(danger.level), default=Danger())


@remembered(4096)
def _in_message(message: str) -> Danger:
    """The greatest danger that one message shows by itself."""
    return _greatest(danger for view in views(message) for danger in _in_view(view))


def _in_view(view: View) -> Iterator[Danger]:
    text = _without_idioms(view.text)
    for level, match in _phrases_in(text, loose=view.loose):
        told = level != "imminent" and not view.loose and _told(text, match.start())
        if level != "hint" and not told:
            yield Danger(level=level, quote=match[0].strip())


def _phrases_in(text: str, *, loose: bool = False) -> Iterator[tuple[Sign, re.Match[str]]]:
    """The phrases in a text without idioms, with their levels."""
    signs = _signs()
    for place in signs.phrases.possible(text, loose=loose):
        phrase = signs.phrases.phrases[place]
        if match := (phrase.loose if loose else phrase.tight).search(text):
            yield signs.levels[place], match


def _told(text: str, start: int) -> bool:
    """Whether the words before a place tell of somebody else."""
    for tokens in sentences(text):
        if tokens[0].start <= start < tokens[-1].end:
            before = [token.stem for token in tokens if token.end <= start]
            return not _OTHERS.isdisjoint(before[-2:])
    return False


@remembered(4096)
def _without_idioms(text: str) -> str:
    harmless = _signs().harmless
    for place in [*harmless.possible(text)]:
        text = harmless.phrases[place].tight.sub(_CUT, text)
    return text


def _spread(messages: Sequence[str]) -> Danger:
    """Danger in a sentence that is spread over the last messages."""
    *earlier, last = [normalise(message).rstrip(" .,;-\u2026") for message in messages]
    before = normalise(" ".join(earlier))[-_SEAM:]
    seam = len(_without_idioms(before))
    text = _without_idioms(normalise(f"{before} {last[:_SEAM]}"))
    return _greatest(
        Danger(level=level, quote=match[0])
        for level, match in _phrases_in(text)
        if level != "hint" and match.start() < seam < match.end() - 1
    )


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
