"""The rehearsal's supporter: chooses among skills by their words, and does what their text says."""

import random
from collections.abc import Mapping, Sequence

from esc_skills.programs.conduct.reading import about, read_floor
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.words import language_of

from .moves import moves_in, suppressed_in
from .needs import need_cues, stage_cues
from .prompts import said_by
from .script import script
from .world import WorldParameters

Card = Mapping[str, str]
GIST = 80
"""Characters of a message that the rehearsal takes for its gist."""
MOVES_A_REPLY = 2
HEARD_AFTER = 2
"""Exploring replies after which the supporter takes the seeker to feel heard."""
_STRICTNESS = {"only a close fit": 0.3, "a loose fit will do": -0.3}
"""What a policy says of how well a skill must fit, and what it adds to the bar."""
_ALWAYS = ("always choose", "never choose none", "never none", "must choose a skill")


def read(conversation: str) -> dict[str, object]:
    """What the rehearsal reads in a conversation: what the rules do, and the last words."""
    said = said_by("seeker", conversation)
    reading = read_floor(said)
    gist = said[-1][:GIST] if about(reading) else ""
    return {"reading": reading.model_copy(update={"gist": gist}).model_dump(mode="json")}


def select(
    policy: str,
    cards: Sequence[Card],
    seeker_lines: Sequence[str],
    replies: Sequence[str],
    rng: random.Random,
    world: WorldParameters,
) -> dict[str, str]:
    """The chosen skill's name, or `none`, and why.

    Needs are guessed from what the seeker's lines hint at, the stage from whether the supporter
    has explored enough; a card is judged by what it says of both. A policy that forbids `none`
    looks at the need only, and always finds something.
    """
    hints: dict[str, float] = {}
    for age, line in enumerate(reversed(seeker_lines)):
        for need in need_cues(line):
            hints[need] = hints.get(need, 0.0) + 0.8**age
    exploring = script().exploration
    heard = sum(bool(exploring & set(moves_in(reply))) for reply in replies) >= HEARD_AFTER
    stage = "core" if heard else "exploration"
    best, best_worth, draw = None, -9.0, rng.random()
    forced = any(mark in policy.lower() for mark in _ALWAYS)
    bar = world.selection_bar
    bar += sum(more for mark, more in _STRICTNESS.items() if mark in policy.lower())
    for card in cards:
        # one noise a name: a further card does not reshuffle how the others are judged
        noise = random.Random(derive_seed(draw, card["name"])).gauss(0, world.selection_noise)
        worth = _need_match(card, hints) + noise
        if not forced:
            worth += _stage_match(card, stage)
        if worth > best_worth:
            best, best_worth = card, worth
    if best is None or (best_worth < bar and not forced):
        return {"why": "No skill fits this moment well.", "skill": "none"}
    return {"why": f"It fits a moment of {stage} best.", "skill": best["name"]}


def _need_match(card: Card, hints: Mapping[str, float]) -> float:
    """How much of what the seeker hinted at the card is about, 0..1.3; -0.5 if something else."""
    needs = need_cues(card["when_to_use"])
    total = sum(hints.values())
    if not needs or not total or "exploration" in stage_cues(card["when_to_use"]):
        return 0.0
    share = sum(hints.get(need, 0.0) for need in needs) / total
    return 1.3 * share / len(needs) ** 0.5 if share else -0.5


def _stage_match(card: Card, stage: str) -> float:
    """How well the card's stage fits; one that says nothing in particular never looks wrong."""
    stages = stage_cues(card["when_to_use"])
    if stages:
        fits = 0.8 if "exploration" in stages else 0.3  # later on, the need must fit as well
        worth = fits if stage in stages else -0.7
    else:
        worth = 0.0 if need_cues(card["when_to_use"]) else 0.3
    if stage in stage_cues(card["when_not_to_use"]) and stage not in stages:
        worth -= 0.5
    return worth


def respond(
    guidance: str | None,
    instructions: str,
    message: str,
    rng: random.Random,
    world: WorldParameters,
) -> str:
    """A reply that carries out at most two moves.

    Args:
        guidance: The skill's guidance; None without a skill.
        instructions: What the task instructions ask for beyond the usual; may be empty.
        message: What the seeker has just said.
        rng: Noise of this reply.
        world: The world's parameters.
    """
    draws = [rng.random() for _ in range(MOVES_A_REPLY)]
    plain = _plain(rng)
    moves = _carried_out(guidance or "", draws, world.reliability, world)
    if not moves:
        moves = _carried_out(instructions, draws, world.instruction_reliability, world)
    if not moves:
        against = suppressed_in(guidance or "")
        moves = [move for move in plain if move not in against] or ["other"]
    return _speak(moves, message, rng)


def _carried_out(
    text: str, draws: Sequence[float], reliability: float, world: WorldParameters
) -> list[str]:
    asked = moves_in(text)
    if len(asked) > world.clear_moves:
        return []
    tried = zip(asked[:MOVES_A_REPLY], draws, strict=False)
    return [move for move, draw in tried if draw < reliability]


def _plain(rng: random.Random) -> list[str]:
    usual = script().plain
    chosen = rng.choices(list(usual), list(usual.values()), k=2)
    return chosen[:1] if rng.random() < 0.7 else list(dict.fromkeys(chosen))


def _speak(moves: Sequence[str], message: str, rng: random.Random) -> str:
    phrases = script().replies[language_of(message)]
    piece = message.strip().rstrip(".?!。？！")  # noqa: RUF001 - Chinese stops
    piece = piece[:60].replace("“", "").replace("”", "")
    opening = rng.choice(phrases["opening"]).format(piece=piece.replace("{", "(").replace("}", ")"))
    spoken = [rng.choice(phrases[move]) for move in moves]
    return " ".join(part for part in (opening, *spoken) if part)
