"""The rehearsal as annotator and distiller of real dialogues: reads cues off the words."""

import random
from collections.abc import Mapping
from typing import Any, get_args

from esc_skills.signatures.strategies import SupportStrategy

from .moves import moves_in
from .needs import need_cues
from .prompts import turns_in
from .records import patterns_in, skills_in
from .script import script
from .skill_texts import write_skill

EARLY_TURNS = 3
LATE_TURNS = 6
SLIPS = 0.35
"""Share of distilled skills that are vague or ask for one thing too many, as real drafts do."""


def annotate(fields: Mapping[str, str], rng: random.Random) -> dict[str, Any]:
    """The four dimensions of one exchange."""
    context = turns_in(fields["context"])
    seeker = [turn["text"] for turn in context if turn["speaker"] == "seeker"]
    hinted = [need for line in reversed(seeker[-4:]) for need in sorted(need_cues(line))]
    late = len(context) >= LATE_TURNS
    stages = script().domain.stages
    stage = stages[0 if len(context) < EARLY_TURNS else -1 if late else len(stages) // 2]
    reaction, evidence = _reaction(fields["reaction"], fields["rating"])
    return {
        "annotation": {
            "evidence": evidence,
            "reaction": reaction,
            "need": hinted[0] if hinted else "unclear",
            "stage": stage,
            "feeling": "distressed" if reaction < 0 else "unsettled",
            "action": _action(fields["labelled_strategy"], fields["support"]),
            "scenario": fields["situation"][:60] or "everyday trouble",
        }
    }


def _action(label: str, support: str) -> str:
    known = script().skills["strategies"].get(label.strip().lower())
    if known:
        return known
    moves = [script().read_as.get(move, move) for move in moves_in(support)]
    return moves[0] if moves else "other"


def name_strategy(fields: Mapping[str, str]) -> dict[str, Any]:
    """ESConv's name of what a turn does; actions that ESConv does not know are `other`."""
    action = _action("", fields["turn"])
    name = "reflection of feelings" if action == "reflection" else action
    if name in get_args(SupportStrategy) and name != "other":
        return {"strategy": name}
    return {"strategy": "question" if "?" in fields["turn"] else "other"}


def _reaction(text: str, rating: str) -> tuple[int, str]:
    """(Reaction -2..2, the words that show it): the rating first, then the words."""
    good, bad = script().reactions["good"].search(text), script().reactions["bad"].search(text)
    words = bool(good) - bool(bad)
    match = good or bad
    evidence = match.group(0) if match else text[:60]
    if rating.strip().isdigit():
        stars = int(rating) - 3
        return max(-2, min(2, stars + words if stars else words)), evidence
    if not text.strip():
        return -1, ""
    return words, evidence


def distil(fields: Mapping[str, str], rng: random.Random) -> dict[str, Any]:
    """A skill from patterns: what turned out well is the guidance."""
    patterns = patterns_in(fields["patterns"])
    taken = [skill["name"] for skill in skills_in(fields["existing"])]
    ranked = sorted(patterns, key=lambda p: (p["bad"] - p["good"], p["action"]))
    helped = [p["action"] for p in ranked if p["good"] > p["bad"]] or [ranked[0]["action"]]
    moves = list(dict.fromkeys(helped))
    need, stage = patterns[0]["need"], patterns[0]["stage"]
    slip = rng.random() < SLIPS
    skill = write_skill(
        need if need in script().needs else "unclear",
        "exploration" if stage == script().domain.stages[0] else "core",
        moves[: 2 if slip or len(moves) > 1 else 1],
        taken,
        rng,
        vague=slip and rng.random() < 0.5,
    )
    harmful = [p["action"] for p in ranked if p["bad"] > p["good"]]
    if harmful:
        skill["risks"] = f"At this point {harmful[-1]} has tended to make things worse."
    return {"skill": skill}
