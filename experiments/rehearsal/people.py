"""The rehearsal's inventor of seekers: people and events at random, now and then a mere copy."""

import random
from collections.abc import Mapping
from typing import Any

from .records import people_in
from .script import script

_COPIES = 0.2
"""Chance that an example is copied with another name of the matter, as models do."""


def write(fields: Mapping[str, str], rng: random.Random) -> dict[str, Any]:
    """One draft of a seeker."""
    example = rng.choice(people_in(fields["examples"]))
    if rng.random() < _COPIES:
        return {"draft": {**example, "topic": f"{example['topic']} again"}}
    data = script().people[fields["language"]]
    name, persona, character, traits = rng.choice(data["people"])
    topic, scene, opening = rng.choice(data["events"])
    parts = (scene.format(name=name), data["moods"].format(name=name))
    return {
        "draft": {
            "persona": persona,
            "scene": ("" if fields["language"] == "zh" else " ").join(parts),
            "topic": topic,
            "character": character,
            "traits": traits,
            "opening": opening,
        }
    }
