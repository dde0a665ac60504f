"""A rehearsed seeker whose domain counts goals: what it needs now, and what a reply gets told."""

import random
import re
from collections.abc import Sequence

from esc_skills.programs.simulation.seeker import TELL

from .moves import moves_in
from .needs import need_cues, need_of_intention
from .script import script

OPEN_AT = 40
"""Emotion from which a seeker tells what it is asked for nearly always."""
TELLS, HOLDS_BACK = 0.95, 0.6
"""Chance that a fact is told to a reply that asks for it: open, and wary."""
_KNOWN = re.compile(r"^What they can tell if asked: (.*)$", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def need_now(intention: str, facts: Sequence[str], next_step: str, said: Sequence[str]) -> str:
    """What the seeker needs at this point: to be asked, and then the next step.

    Args:
        intention: The hidden intention, which says what they want to be asked first.
        facts: What they can tell.
        next_step: What should be proposed in the end.
        said: Their lines so far; a fact that stands in them is told.
    """
    main, untold = need_of_intention(intention), untold_of(facts, said)
    kinds = [kind for number in untold if (kind := kind_of(facts[number]))]
    if main in kinds:
        return main
    if next_step and 2 * (len(facts) - len(untold)) >= len(facts):
        return need_of_intention(next_step)
    return kinds[0] if kinds else main


def told_by(
    reply: str, facts: Sequence[str], said: Sequence[str], emotion: int, rng: random.Random
) -> list[int]:
    """Numbers of the facts that a reply gets told."""
    played, moves = script(), moves_in(reply)
    chance = TELLS if emotion >= OPEN_AT else HOLDS_BACK
    untold = untold_of(facts, said)
    asked = {played.core_moves.get(kind_of(facts[number]) or ""): number for number in untold}
    told = [asked[move] for move in moves if move in asked and rng.random() < chance]
    opened = max((played.opens.get(move, 0.0) for move in moves), default=0.0)
    if not told and untold and rng.random() < opened:
        told = [rng.choice(untold)]
    return told


def steps_right(reply: str, next_step: str) -> bool:
    """Whether a reply proposes the right next step."""
    return bool(next_step) and script().core_moves[need_of_intention(next_step)] in moves_in(reply)


def untold_of(facts: Sequence[str], said: Sequence[str]) -> list[int]:
    """Numbers of the facts that do not stand in what was said."""
    joined = "\n".join(said)
    return [number for number, fact in enumerate(facts) if fact not in joined]


def kind_of(fact: str) -> str | None:
    """The need that a fact is about."""
    return next(iter(sorted(need_cues(fact))), None)


def on_their_mind(felt: str, persona: str, said: Sequence[str], usual: str) -> str:
    """What a line hints at: what was missed just now, or else something that is not told yet."""
    missed = sorted(need_cues(felt))
    if missed:
        return missed[0]
    known = _KNOWN.search(persona)
    facts = _SENTENCE.split(known[1]) if known else []
    kinds = [kind for number in untold_of(facts, said) if (kind := kind_of(facts[number]))]
    return kinds[0] if kinds else usual


def facts_to_tell(plan: str) -> list[str]:
    """The facts that the plan of a line asks for."""
    return [fact.strip() for fact in plan.split(TELL)[1:]]
