"""How the rehearsal words a skill: varied texts for one need, stage and set of moves."""

import random
from collections.abc import Collection, Sequence
from typing import Any

from .script import script


def write_skill(
    need: str,
    stage: str,
    moves: Sequence[str],
    taken: Collection[str],
    rng: random.Random,
    *,
    vague: bool = False,
) -> dict[str, Any]:
    """A skill draft as JSON data.

    Args:
        need: The need that it serves, or `unclear`.
        stage: `exploration` or `core`.
        moves: What it asks for, in order.
        taken: Names that it must not have.
        rng: Chooses the words.
        vague: Whether to be unclear about when it is to be used.
    """
    return {
        "name": new_name(moves[0], need, taken, rng),
        "when_to_use": write_when(need, stage, rng, vague=vague),
        "guidance": write_guidance(moves, rng),
        "expected_outcome": rng.choice(script().skills["outcome"]),
        "risks": "It can feel like a technique if it does not fit what was said.",
        "when_not_to_use": "" if vague else script().skills["not_when"][stage],
    }


def write_guidance(moves: Sequence[str], rng: random.Random) -> str:
    """Guidance that asks for the moves in order."""
    said = script().skills["guidance"]
    return " ".join(rng.choice(said.get(move, said["other"])) for move in moves)


def write_when(need: str, stage: str, rng: random.Random, *, vague: bool = False) -> str:
    """When to use a skill for a need at a stage."""
    frame = rng.choice(script().skills["vague"] if vague else script().skills["stage"][stage])
    return frame.format(when=rng.choice(script().skills["when"][need]))


def new_name(move: str, need: str, taken: Collection[str], rng: random.Random) -> str:
    """A skill name that is not taken."""
    base = rng.choice(script().skills["names"].get(move, ["support"]))
    options = [base, f"{base}-{need}", *(f"{base}-{need}-{i}" for i in range(2, 100))]
    return next(name for name in options if name not in taken)
