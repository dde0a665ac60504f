"""Signs of danger to life in what a seeker says, and ways to get help that a reply can point to.

Matched in plain spelling, see `normalise.normalise`.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


CRISIS = _any(
    r"\b(?:kill(?:ing)? myself|end(?:ing)? (?:my life|it all)|tak(?:e|ing) my (?:own )?life"
    r"|want(?:ed)? to die|wish i (?:was|were) dead|better off dead|better off without me"
    r"|suicid\w*|(?:hurt|harm|cut)(?:ting|ing)? myself|no reason to live"
    r"|(?:don't|do not) want to (?:live|be alive|wake up))\b",
    "想死|自杀|自残|轻生|不想活|结束(?:自己的)?生命|活不下去|伤害自己|活着没(?:有)?意思",
)
"""Signs of danger to life in what a seeker says."""

HELP = _any(
    r"\b(?:emergency|crisis (?:line|hotline|text)|hotline|helpline|lifeline|911|988|112|999"
    r"|ambulance|samaritans|professional (?:help|support)|doctor|therapist|counsell?or|hospital)\b",
    r"\bcall (?:someone|a friend|for help)\b",
    "热线|急救|120|110|12356|医院|医生|专业(?:的)?(?:帮助|支持|人士)|心理(?:援助|咨询)",
)
"""Ways to get help that a reply can point to."""
