"""What the seekers of these worlds say, and what their inner voice says of a reply."""

import random
from collections.abc import Sequence

from .feeling import Felt
from .people import Person
from .words import DATA

CUE_RATE = 0.7
"""Chance that a line names the topic."""
_LINES = DATA["lines"]
_VOICE = DATA["appraisals"]


def thoughts(person: Person, felt: Felt, replies: int, rng: random.Random) -> dict[str, str]:
    """The four texts of an appraisal: whether it reached the person, and what it is about."""
    kind = "closed" if felt.closes else "better" if felt.change > 0 else "worse"
    words = rng.choice(_VOICE[kind]).format(topic=person.topic_at(replies))
    return {
        "meaning": "They answered what was said.",
        "goal_fit": words,
        "inner_activity": words,
        "feeling": _VOICE["worse"][1].format(topic=person.topic_at(replies))
        if felt.change < 0
        else words,
    }


def next_line(
    person: Person, level: str, said: Sequence[str], closes: bool, rng: random.Random
) -> str:
    """The next line; never word for word what was said before.

    Args:
        person: Who speaks.
        level: The present mood, of `signatures.seeking.Level`.
        said: The lines before.
        closes: Whether the reply before made the person close up.
        rng: Chooses the words.
    """
    if level in ("glad", "done"):
        return rng.choice(_LINES[level])
    joined = "\n".join(said)
    kind = "topic" if rng.random() < CUE_RATE else "plain"
    topic = person.topic_at(len(said))
    mood = "closed" if closes else level
    parts = [
        _fresh([line.format(topic=topic) for line in _LINES[each]], joined, rng)
        for each in (mood, kind)
    ]
    return " ".join(parts)


def _fresh(options: Sequence[str], joined: str, rng: random.Random) -> str:
    unsaid = [option for option in options if option not in joined]
    return rng.choice(unsaid or list(options))
