"""How a rehearsed seeker with calibrated habits puts what it has to say."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from esc_skills.signatures.behaviour import TurnPlan
from esc_skills.signatures.words import words

from .script import script
from .seeker import details_of, unused
from .world import WorldParameters


class Moment(NamedTuple):
    """What the seeker speaks from."""

    scene: str
    need: str
    language: str
    level: str
    said: Sequence[str]
    """The seeker's lines so far."""


def speak(
    plan: TurnPlan, moment: Moment, rng: random.Random, world: WorldParameters
) -> tuple[str, bool]:
    """The next line by its plan, and whether it is the last."""
    lines = _lines(moment.language)
    if moment.level in ("glad", "done"):
        return rng.choice(lines[moment.level]), True
    if plan.leaves:
        return rng.choice(lines["leaving"]), True
    joined = "\n".join(moment.said)
    taken: list[str] = []
    for part in _parts(plan, moment, rng, world):
        if taken and len(words(" ".join(taken))) + len(words(part)) / 2 > plan.words:
            break
        if part not in taken and (part not in joined or not taken):
            taken.append(part)
    if plan.asks:
        taken.append(unused(lines["asking"], joined, rng))
    gap = " " if moment.language == "en" else ""
    line = gap.join(taken)
    if not plan.asks:
        line = line.replace("?", ".").replace("？", "。")  # noqa: RUF001 - Chinese stops
    return (line, False) if line not in moment.said else (gap.join([line, *lines["again"]]), False)


def _lines(language: str) -> dict[str, list[str]]:
    played = script()
    return played.needs_said["lines"][language] | played.manner[language]


def _parts(
    plan: TurnPlan, moment: Moment, rng: random.Random, world: WorldParameters
) -> Iterator[str]:
    """Sentences in the order in which they are said, as many as there are."""
    lines = _lines(moment.language)
    joined = "\n".join(moment.said)
    if plan.thanks:
        yield unused(lines["thanks"], joined, rng)
    if plan.objects:
        yield unused(lines["pushing back"], joined, rng)
    hints = rng.random() < world.cue_rate
    yield unused(lines[moment.need] if hints else lines["neutral"], joined, rng)
    details = [part for part in details_of(moment.scene) if part not in joined]
    if details and plan.detail:
        yield rng.choice(details)
    if moment.level == "content":
        yield unused(lines["content"], joined, rng)
    for line in rng.sample(lines["neutral"], len(lines["neutral"])):
        if line not in joined:
            yield line
    if plan.detail:
        yield from rng.sample(details, len(details))
