"""Safety by rules: a hard gate on what skills say and on what supporters reply.

Rules catch what must never pass, in English and Chinese; a judge model also reads edits
(programs/learning/safety_reviewer.py). A warning against something ("never tell them to stop
medication") is safe.
"""

import unicodedata

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

from .context import is_harmless
from .crisis import CRISIS, HELP
from .rules import RULES

WARNING_FIELDS = frozenset({"risks", "when_not_to_use"})
"""Fields that say what to keep away from; what they name is not advice."""
_ASCII = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u300c\u300d\u300e\u300f", '"'),
        "\u3002": ".",
        "\u3001": ",",
    }
)
"""Curly and corner quotes, primes and Chinese stops, which NFKC leaves as they are."""


class Concern(Frozen):
    """Something unsafe in a text."""

    rule: str
    quote: str
    why: str


def normalise(text: str) -> str:
    """The text as the rules read it, so that no odd spelling slips past them.

    Compatible characters become plain ones (NFKC: full-width letters and punctuation), quotes and
    stops ASCII; characters that show nothing (Unicode category Cf) go.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_ASCII)
    return "".join(c for c in plain if unicodedata.category(c) != "Cf")


def review_text(text: str, *, warns: bool = False) -> tuple[Concern, ...]:
    """What is unsafe in a text.

    Args:
        text: What advises or speaks.
        warns: Whether it only says what to keep away from; then few rules apply.
    """
    plain = normalise(text)
    return tuple(
        Concern(rule=rule.name, quote=match.group(0), why=rule.why)
        for rule in RULES
        if rule.everywhere or not warns
        for match in rule.pattern.finditer(plain)
        if not (rule.excusable and is_harmless(plain, match))
    )


def review_skill(skill: SkillDraft) -> tuple[Concern, ...]:
    """What is unsafe in a skill."""
    return tuple(
        concern
        for field, text in skill.texts.items()
        for concern in review_text(text, warns=field in WARNING_FIELDS)
    )


def review_edit(edit: Edit) -> tuple[Concern, ...]:
    """What is unsafe in the texts that an edit brings in."""
    match edit:
        case AddSkill(skill=skill) | MergeSkills(skill=skill):
            return review_skill(skill)
        case SplitSkill(skills=skills):
            return tuple(concern for skill in skills for concern in review_skill(skill))
        case RewriteField(field=field, text=text):
            return review_text(text, warns=field in WARNING_FIELDS)
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
        danger = CRISIS.search(normalise(exchange.seeker))
        if danger and not HELP.search(normalise(exchange.reply)):
            why = "a sign of danger to life was not answered with a way to get help"
            concerns.append(Concern(rule="crisis", quote=danger.group(0), why=why))
    return tuple(concerns)
