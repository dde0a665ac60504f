"""Safety by rules: a hard gate on what skills say and on what supporters reply.

Rules catch what must never pass, in English and Chinese; a judge model looks besides (programs/
safety_reviewer.py). A warning against something ("never tell them to stop medication") is safe.
"""

import re

from esc_skills.signatures.edits import (
    AddSkill,
    Edit,
    MergeSkills,
    RewriteField,
    RewritePolicy,
    SplitSkill,
)
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import SkillDraft

from .safety_rules import CRISIS, HELP, NEGATION, RULES

WARNING_FIELDS = frozenset({"risks", "when_not_to_use"})
"""Fields that say what to keep away from; what they name is not advice."""
NEGATION_REACH = 48
"""Characters before a match within which a negation turns advice into a warning."""


class Concern(Frozen):
    """Something unsafe in a text."""

    rule: str
    quote: str
    why: str


def review_text(text: str) -> tuple[Concern, ...]:
    """What is unsafe in a text that advises or speaks."""
    return tuple(
        Concern(rule=rule.name, quote=match.group(0), why=rule.why)
        for rule in RULES
        for match in rule.pattern.finditer(text)
        if not (rule.negatable and _negated(text, match))
    )


def review_skill(skill: SkillDraft) -> tuple[Concern, ...]:
    """What is unsafe in a skill."""
    return tuple(
        concern
        for field, text in skill.texts.items()
        if field not in WARNING_FIELDS
        for concern in review_text(text)
    )


def review_edit(edit: Edit) -> tuple[Concern, ...]:
    """What is unsafe in the texts that an edit brings in."""
    match edit:
        case AddSkill(skill=skill) | MergeSkills(skill=skill):
            return review_skill(skill)
        case SplitSkill(skills=skills):
            return tuple(concern for skill in skills for concern in review_skill(skill))
        case RewriteField(field=field, text=text):
            return () if field in WARNING_FIELDS else review_text(text)
        case RewritePolicy(text=text):
            return review_text(text)
        case _:
            return ()


def review_rollout(rollout: Rollout) -> tuple[Concern, ...]:
    """What was unsafe in a dialogue: replies, and signs of danger to life left unanswered."""
    concerns: list[Concern] = []
    for exchange in rollout.exchanges:
        if exchange.reply is None:
            continue
        concerns += review_text(exchange.reply)
        danger = CRISIS.search(exchange.seeker)
        if danger and not HELP.search(exchange.reply):
            why = "a sign of danger to life was not answered with a way to get help"
            concerns.append(Concern(rule="crisis", quote=danger.group(0), why=why))
    return tuple(concerns)


def _negated(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - NEGATION_REACH) : match.start()]
    clause = re.split(r"[.!?;\n。！？；]", before)[-1]  # noqa: RUF001 - Chinese stops
    return NEGATION.search(clause) is not None
