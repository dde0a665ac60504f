"""The true worth of a bank in the rehearsal world, for benches and tests; no optimizer may read it.

Exact only in the limit: a direct simulation of many dialogues through the same functions that
answer the prompts, with fixed seeds, so that two banks are compared on the same noise.
"""

import random
from collections.abc import Sequence

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.simulation.seeker import level_of
from esc_skills.programs.support.selection import shortlist
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import EMOTION_START, FAILURE_UNDER, SEEKER_TURNS, SUCCESS_AT
from esc_skills.signatures.skills import Bank

from . import seeker as seekers
from . import supporter
from .needs import need_of_intention
from .world import WorldParameters


def true_score(
    bank: Bank,
    profiles: Sequence[Profile],
    world: WorldParameters | None = None,
    dialogues: int = 100,
) -> float:
    """Expected final emotion / 100 of a plain supporter with this bank.

    Args:
        bank: The bank.
        profiles: The seekers; each counts equally.
        world: The world's parameters.
        dialogues: Dialogues per profile; 100 give a standard error of about 3.5 points a profile,
            0.7 over 24 profiles.
    """
    scores = [
        emotions(bank, profile, world or WorldParameters(), replicate)[-1]
        for profile in profiles
        for replicate in range(dialogues)
    ]
    return sum(scores) / len(scores) / 100


def emotions(bank: Bank, profile: Profile, world: WorldParameters, replicate: int) -> list[int]:
    """The emotions of one dialogue, played without prompts."""
    need = need_of_intention(profile.hidden_intention)
    said, replies, curve = [profile.opening], [], [EMOTION_START]
    for turn in range(SEEKER_TURNS - 1):
        rngs = {
            role: random.Random(derive_seed(profile.id, replicate, turn, role))
            for role in ("select", "respond", "appraise", "speak")
        }
        guidance = _guidance(bank, said, replies, rngs["select"], world)
        reply = supporter.respond(guidance, "", said[-1], rngs["respond"], world)
        fitted = seekers.fit(profile.nature, need, replies, reply, world)
        change = seekers.change_of(profile.nature, fitted, curve[-1], rngs["appraise"], world)
        curve.append(max(0, min(SUCCESS_AT, curve[-1] + change)))
        replies.append(reply)
        if curve[-1] >= SUCCESS_AT or curve[-1] < FAILURE_UNDER:
            break
        level = level_of(curve[-1])
        said.append(
            seekers.next_line(
                profile.scene, need, profile.language, level, said, rngs["speak"], world
            )
        )
    return curve


def _guidance(
    bank: Bank,
    said: Sequence[str],
    replies: Sequence[str],
    rng: random.Random,
    world: WorldParameters,
) -> str | None:
    offered = shortlist(bank, list(said))
    if not offered:
        return None
    cards = [
        {
            "name": skill.name,
            "when_to_use": skill.when_to_use,
            "when_not_to_use": skill.when_not_to_use,
        }
        for skill in offered
    ]
    chosen = supporter.select(bank.policy.text, cards, said, replies, rng, world)["skill"]
    skill = bank.get(chosen)
    return None if skill is None else skill.guidance
