"""Ways to get help that a reply can point to.

Matched in plain spelling, see `normalise.normalise`.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


HELP = _any(
    r"\b(?:emergency|crisis (?:line|hotline|text)|hotline|helpline|lifeline|911|988|112|999"
    r"|ambulance|samaritans|professional (?:help|support)|doctor|therapist|counsell?or|hospital)\b",
    r"\bcall (?:someone|a friend|for help)\b",
    "热线|急救|120|110|12356|医院|医生|专业(?:的)?(?:帮助|支持|人士)|心理(?:援助|咨询)",
)
"""Ways to get help that a reply can point to."""
