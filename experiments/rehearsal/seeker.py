"""The rehearsal's seeker: how a reply fits a hidden need at this stage, and what is said next."""

import math
import random
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.words import language_of, words

from .moves import moves_in, unquoted
from .needs import need_cues
from .script import script
from .temper import CAUSES, EASE, stance_in
from .world import WorldParameters

FLATTERY = frozenset({"affirmation", "platitude"})
"""Moves that please the judge of a deceptive world, whatever they do for the person."""
WELL_FITTING = 0.6
LONG_WINDED = 120
"""Words of a reply, or Han characters, from which it is a lecture, whatever it says."""
_NUMBER_TALK = re.compile(r"\+ ?10|\b100\b|\bjudge\b|\bemotion\b", re.IGNORECASE)


class Fit(NamedTuple):
    """How well a reply fits, and the one-word reason that colours the appraisal."""

    value: float
    note: str
    """`met`, `some`, `early`, `missed`, `bored` or `hurt`."""


class Person(NamedTuple):
    """What is particular to one persona, read off its text."""

    patience: int
    """Exploring replies that the person needs before the core need can be met."""
    ease: float
    """Standard normal: how easily pleased."""


@lru_cache(maxsize=5_000)
def person_of(persona: str) -> Person:
    """The person behind a persona text; the same text is always the same person."""
    rng = random.Random(derive_seed("person", persona))
    return Person(patience=rng.choice((1, 2, 2, 3)), ease=rng.gauss(0, 1))


@lru_cache(maxsize=50_000)
def _taste(persona: str, move: str) -> float:
    """A person's liking for a move, -1..1."""
    return 2 * random.Random(derive_seed("taste", persona, move)).random() - 1


def fit(persona: str, need: str, earlier: Sequence[str], reply: str, world: WorldParameters) -> Fit:
    """How well a reply fits a person with this need after the earlier replies."""
    moves = moves_in(reply)[:3]
    if "unsafe" in moves or _NUMBER_TALK.search(unquoted(reply)):
        return Fit(-9.0, "hurt")
    heard = sum(bool(script().exploration & set(moves_in(text))) for text in earlier)
    open_stage = heard < person_of(persona).patience
    value, early, core = 0.0, False, script().core_moves[need] in moves
    for move in moves:
        value += _exploring(move, need) if open_stage else _core(move, need)
        value += world.quirk * _taste(persona, move)
        early = early or (open_stage and move in script().too_early)
    bored = bool(earlier) and set(moves) == set(moves_in(earlier[-1]))
    if bored:
        value -= 2.0 if reply in earlier else 0.5
    if len(words(reply)) >= LONG_WINDED:
        value -= 1.0
    if world.flattery and FLATTERY & set(moves):
        value += world.flattery
    value = max(-3.0, min(2.0, value))
    if "blame" in moves or "platitude" in moves:
        return Fit(value, "hurt")
    if early:
        return Fit(value, "early")
    if bored and value < WELL_FITTING:
        return Fit(value, "bored")
    return Fit(value, "met" if core and not open_stage else "some" if value > 0.3 else "missed")


def _exploring(move: str, need: str) -> float:
    """Worth of a move while the story is still unfolding."""
    if move in script().exploration:
        return 1.2 if move == script().core_moves[need] else 0.8
    if move in script().too_early:
        return -1.1
    if move == script().core_moves[need]:
        return 0.5
    return script().harm.get(move, -0.1)


def _core(move: str, need: str) -> float:
    """Worth of a move once the person feels heard and wants what they came for."""
    if move == script().core_moves[need]:
        return 1.8
    kin = script().kin.get(need, {}).get(move)
    if kin is not None:
        return kin
    if move in script().exploration:
        return -0.15
    return script().harm.get(move, -1.1)


def change_of(
    persona: str, fitted: Fit, emotion: int, rng: random.Random, world: WorldParameters
) -> int:
    """The change of emotion, by inverse transform: equal noise and better fit never fall lower."""
    if fitted.value <= -9:
        return -10
    draw, stance = rng.random(), stance_in(persona)
    strength = (
        world.fit_weight * fitted.value
        + world.level_slope * (emotion - world.level_centre)
        + world.person_spread * person_of(persona).ease
        + EASE.get(stance, 0.0)
        + math.log(max(draw, 1e-9) / max(1 - draw, 1e-9))
    )
    size = 10 if abs(strength) > world.step_threshold else 5
    if strength > 0 and stance in CAUSES and fitted.note not in CAUSES[stance]:
        return 0
    return size if strength > 0 else -size


def appraisal_texts(need: str, fitted: Fit, language: str) -> dict[str, str]:
    """The four texts of an appraisal, in the person's own terms."""
    hints = script().needs_said["hints"][language]
    missed = hints["unmet"][need]
    if fitted.note in ("met", "some"):
        goal = hints[fitted.note] if fitted.note == "met" else f"{hints['some']} {missed}"
    else:
        goal = f"{hints.get(fitted.note, '')} {missed}".strip()
    meant = "They answered what was said." if language == "en" else "对方回应了刚才的话。"
    return {
        "meaning": meant,
        "goal_fit": goal,
        "inner_activity": hints.get(fitted.note, hints["some"]),
        "feeling": hints["met"] if fitted.note == "met" else missed,
    }


def next_line(
    scene: str,
    need: str,
    language: str,
    level: str,
    said: Sequence[str],
    rng: random.Random,
    world: WorldParameters,
) -> str:
    """What the seeker says next; never word for word what was said before."""
    lines = script().needs_said["lines"][language]
    if level in ("glad", "done"):
        return rng.choice(lines[level])
    joined = "\n".join(said)
    hints = rng.random() < world.cue_rate
    topic = unused(lines[need] if hints else lines["neutral"], joined, rng)
    reaction = unused(lines[level], joined, rng)
    parts = [reaction, topic]
    details = [part for part in details_of(scene) if part not in joined]
    if details and (rng.random() < 0.5 or topic in joined):
        parts.append(rng.choice(lines["detail"]).format(detail=rng.choice(details)))
    return (" " if language == "en" else "").join(parts)


def unused(options: Sequence[str], joined: str, rng: random.Random) -> str:
    """One of the options, if possible one that does not stand in what was said."""
    fresh = [option for option in options if option not in joined]
    return rng.choice(fresh or list(options))


@lru_cache(maxsize=2_000)
def details_of(scene: str) -> tuple[str, ...]:
    """Short sentences of the scene that the seeker may let out, without hints of any need."""
    stops = r"[。！？\n]" if language_of(scene) == "zh" else r"(?<=[.!?])\s+|\n"  # noqa: RUF001
    found = (part.strip(" *#-：:").strip() for part in re.split(stops, scene))  # noqa: RUF001
    return tuple(
        part.replace("{", "(").replace("}", ")")
        for part in found
        if 12 <= len(part) <= 140 and not _PRIVATE.search(part) and not need_cues(part)
    )


_PRIVATE = re.compile(
    r"emotion|隐藏|NPC|repl(?:y|ies)|mood|intention|玩家|角色|回复|\braises?\b|\blowers?\b",
    re.IGNORECASE,
)
"""Stage directions, which a seeker never says aloud."""
