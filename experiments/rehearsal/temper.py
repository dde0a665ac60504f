"""How traits, stance and events show in a rehearsed seeker, and how its judge reads traits back.

Persona texts without them are played as ever, draw for draw.
"""

import random
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from esc_skills.signatures.people import STANCES, TRAITS

from .records import said_in
from .script import script

_TRAIT = re.compile(rf"\b({'|'.join(TRAITS)}) (low|high) \(")
_STANCE = re.compile(rf"^Stance: ({'|'.join(STANCES)})\.", re.MULTILINE)
SHOWING = 0.4
"""Chance that a line shows one of the traits."""
MISREAD = 0.15
"""Chance that the judge says of a trait something else than the words show."""
CAUSES = {"hostile": frozenset({"met"}), "guarded": frozenset({"met", "some"})}
"""What must be noted of a reply for the mood of a stance to rise."""
EASE = {"cooperative": 0.4, "guarded": -0.3, "hostile": -0.8}
"""What a stance adds to the strength of a change."""
_TAKEN_WORDS, _TAKEN_SIGNS = 7, 14
_AMID = {"en": "Sorry, hang on: {event}. ", "zh": "等一下，{event}。"}  # noqa: RUF001 - Chinese stops


@lru_cache(maxsize=5_000)
def stance_in(persona: str) -> str:
    """The stance that a persona text tells; empty if none."""
    found = _STANCE.search(persona)
    return found[1] if found else ""


@lru_cache(maxsize=5_000)
def traits_in(persona: str) -> tuple[tuple[str, str], ...]:
    """The traits that a persona text marks, each with its degree."""
    return tuple(_TRAIT.findall(persona))


def showing(line: str, persona: str, language: str, rng: random.Random) -> str:
    """The line, now and then with words that show a trait."""
    traits = traits_in(persona)
    if not traits or rng.random() >= SHOWING:
        return line
    name, degree = rng.choice(traits)
    said = rng.choice(script().traits[language][name][degree])
    return f"{line} {said}" if language == "en" else f"{line}{said}"


def amid(line: str, event: str, language: str) -> str:
    """The line after a few words that tell what happens just now."""
    clause = re.split(r"[.!?:;\u3002\uff01\uff1f\uff0c\uff1b]", event.strip())[0].strip()
    words = clause.split()
    told = " ".join(words[:_TAKEN_WORDS]) if language == "en" else clause[:_TAKEN_SIGNS]
    return _AMID[language].format(event=told[:1].lower() + told[1:]) + line


def name_traits(fields: Mapping[str, str], rng: random.Random) -> dict[str, Any]:
    """The end of each trait whose words were said more often, misread at times."""
    lines = [exchange["seeker"] for exchange in said_in(fields["dialogue"])]
    joined = "\n".join(lines)
    found: dict[str, Any] = {}
    for name in TRAITS:
        said = {degree: _counted(name, degree, joined) for degree in ("low", "high")}
        degree = max(said, key=lambda end: len(said[end]))
        read = "middle" if len(said["low"]) == len(said["high"]) else degree
        if rng.random() < MISREAD:
            read = rng.choice([other for other in ("low", "middle", "high") if other != read])
        quote = said[read][0] if said.get(read) else ""
        found[name] = {"quote": quote, "degree": read}
    return {"traits": found}


def _counted(name: str, degree: str, text: str) -> list[str]:
    every = (said for data in script().traits.values() for said in data[name][degree])
    return [said for said in every if said in text]
