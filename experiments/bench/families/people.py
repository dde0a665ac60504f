"""The seekers of these worlds, and the person behind a profile's texts.

Some drift: in the middle of a talk they want help with something else. What people bring up in a
session moves on within it (Stiles, Assimilation of problematic experiences, 2001).
"""

import random
import re
from functools import lru_cache
from typing import NamedTuple

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.profiles import Profile

from .setting import Setting, topics_of
from .words import DATA, topics_in

EACH = 3
"""Seekers of each topic, so that train, validation and test get one."""
_TURNS = re.compile(r"after (\d+) answers with the (\w+)")


class Person(NamedTuple):
    """What is particular to a person, read off persona and intention."""

    topic: str
    later: str
    """The topic from a certain reply on; the same where nothing drifts."""
    turns: int
    """Replies before that."""
    ease: float
    """Standard normal: how easily pleased."""
    seed: int

    def topic_at(self, replies: int) -> str:
        """What the person wants help with after so many replies."""
        return self.topic if replies < self.turns else self.later


@lru_cache(maxsize=5_000)
def person_of(persona: str, intention: str) -> Person:
    """The person; the same texts are always the same person."""
    seed = derive_seed("person", persona)
    drift = _TURNS.search(intention)
    head = intention[: drift.start()] if drift else intention
    (topic,) = topics_in(head) or {"rent"}
    later, turns = (drift.group(2), int(drift.group(1))) if drift else (topic, 99)
    return Person(topic, later, turns, random.Random(seed).gauss(0, 1), seed)


@lru_cache(maxsize=50_000)
def liking(seed: int, act: str) -> float:
    """Standard normal: a person's own liking for an act."""
    return random.Random(derive_seed("liking", seed, act)).gauss(0, 1)


def people(setting: Setting, generation: int = 0) -> list[Profile]:
    """Three seekers of every topic; another generation has other persons of the same topics."""
    topics = topics_of(setting)
    found: list[Profile] = []
    for place, topic in enumerate(topics):
        for number in range(EACH):
            rng = random.Random(derive_seed(setting.seed, generation, topic, number))
            other, turns = topics[(place + 1 + number) % len(topics)], rng.choice((2, 3, 4))
            intention = DATA["drift"] if setting.drifts else DATA["intention"]
            name, character = rng.choice(DATA["names"]), rng.choice(DATA["characters"])
            found.append(
                Profile(
                    id=f"{topic}-{generation}-{number}",
                    persona=f"{name}, {rng.randint(19, 71)}, {character}, no. {rng.random():.6f}",
                    scene=DATA["scene"].format(name=name, topic=topic),
                    topic=topic,
                    hidden_intention=intention.format(topic=topic, turns=turns, other=other),
                    character=character,
                    opening=rng.choice(DATA["openings"]).format(topic=topic),
                    group=topic,
                )
            )
    return found
