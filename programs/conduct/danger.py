"""Signs of danger to life in what a person says, read without a model, in English and Chinese.

A floor, not a judgement: plain words, indirect ones ("everybody would be better off without me"),
and hints that add up over the turns of a conversation. Figures of speech are left alone.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from esc_skills.signatures.frozen import Frozen

from .normalise import View, normalise, views
from .phrases import Phrase, compiled

DangerLevel = Literal["indirect", "direct", "imminent"]
"""How great a danger is; `imminent` has a plan, a means or a time."""
Level = Literal["none"] | DangerLevel
LEVELS: tuple[DangerLevel, ...] = ("imminent", "direct", "indirect")
"""The levels of danger, the greatest first."""
LOOKED_BACK = 6
"""Messages of the person, the last included, in which hints add up."""
_JOINED = 3
"""Messages, the last included, over which one sentence may be spread."""
_SEAM = 100
"""Characters on either side of the last message's beginning that such a sentence may take."""
_CUT = " ; "


class Danger(Frozen):
    """What was found in a conversation."""

    level: Level = "none"
    quote: str = ""
    """The words that show it, in plain spelling."""

    def reaches(self, level: DangerLevel) -> bool:
        """Whether it is as great as a level, or greater."""
        return self.level != "none" and LEVELS.index(self.level) <= LEVELS.index(level)


class _Signs(Frozen):
    harmless: tuple[Phrase, ...]
    levels: Mapping[str, tuple[Phrase, ...]]


@lru_cache(maxsize=1)
def _signs() -> _Signs:
    data = yaml.safe_load(Path(__file__).with_name("danger.yaml").read_text(encoding="utf-8"))

    def phrases(entry: dict[str, list[str]]) -> tuple[Phrase, ...]:
        return compiled(entry["english"], entry["chinese"], (), data["words"])

    levels = {name: phrases(entry) for name, entry in data["levels"].items()}
    return _Signs(harmless=phrases(data["harmless"]), levels=levels)


def read_danger(messages: Sequence[str]) -> Danger:
    """The danger that the last message of a person shows, read with those before it.

    Args:
        messages: What the person has said, in order; only the last few are read.
    """
    if not messages:
        return Danger()
    recent = messages[-LOOKED_BACK:]
    alone = _in_message(recent[-1])
    if alone.level != "none" or len(recent) == 1:
        return alone if alone.level != "none" else _hinted(recent)
    return _spread(recent[-_JOINED:]) or _hinted(recent)


@lru_cache(maxsize=4096)
def _in_message(message: str) -> Danger:
    """The greatest danger that one message shows by itself."""
    for level in LEVELS:
        for view in views(message):
            quote = _quoted(level, view)
            if quote:
                return Danger(level=level, quote=quote)
    return Danger()


def _quoted(level: str, view: View) -> str:
    text = _without_idioms(view.text)
    for phrase in _signs().levels[level]:
        found = (phrase.loose if view.loose else phrase.tight).search(text)
        if found:
            return found[0].strip()
    return ""


@lru_cache(maxsize=4096)
def _without_idioms(text: str) -> str:
    for phrase in _signs().harmless:
        text = phrase.tight.sub(_CUT, text)
    return text


def _spread(messages: Sequence[str]) -> Danger | None:
    """Danger in a sentence that is spread over the last messages."""
    *earlier, last = [normalise(message).rstrip(" .,;-\u2026") for message in messages]
    before = " ".join(earlier)[-_SEAM:]
    seam = len(_without_idioms(before))
    text = _without_idioms(f"{before} {last[:_SEAM]}")
    for level in LEVELS:
        for phrase in _signs().levels[level]:
            if not phrase.letters.search(text):
                continue
            for found in phrase.tight.finditer(text):
                if found.start() < seam < found.end() - 1:
                    return Danger(level=level, quote=found[0])
    return None


def _hinted(messages: Sequence[str]) -> Danger:
    """Indirect danger where two different hints were given, one of them in the last message."""
    given: dict[re.Pattern[str], str] = {}
    last: set[re.Pattern[str]] = set()
    for message in messages:
        text = _without_idioms(normalise(message))
        found = {
            phrase.tight: match[0]
            for phrase in _signs().levels["hint"]
            if (match := phrase.tight.search(text))
        }
        given |= found
        last = set(found)
    if len(given) >= 2 and last:
        return Danger(level="indirect", quote=" ... ".join(given.values()))
    return Danger()
