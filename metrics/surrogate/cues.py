"""Words that show what a reply does, in English and Chinese, as data."""

import re

CUES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "question": r"[?\uff1f]",
        "advice": r"\b(?:you (?:could|should|might)|try|how about|suggest|step)\b"
        r"|建议|可以试|不妨|试着|或许可以|方法|步骤|首先|其次",
        "validation": r"\b(?:makes? sense|understandabl[ey]|of course you|natural|anyone would)\b"
        r"|理解|正常|合理|不容易|辛苦|难受|委屈|心疼|感受",
        "praise": r"\b(?:brave|impressive|well done|admire|proud|courage|strength)\b"
        r"|很棒|厉害|了不起|勇敢|优秀|值得|欣赏",
        "siding": r"\b(?:not your fault|unfair|nothing wrong|they were wrong)\b"
        r"|没有错|没错|不是你的错|他们不对|过分|不公平",
        "motive": r"\b(?:perhaps (?:he|she|they)|may(?:be)? (?:he|she|they)|reasons?|because)\b"
        r"|可能是因为|也许是|原因|动机|背后|出于",
        "invitation": r"\b(?:tell me|go on|what happened|i'?m listening|say more)\b"
        r"|愿意|具体|发生了什么|跟我说|说说|聊聊",
        "list": r"(?m:^\s*(?:\d+[.\u3001)]|[-*\u2022]\s))",
        "emphasis": r"\*\*",
        "emoji": r"[\U0001f300-\U0001faff]",
        "exclamation": r"[!\uff01]",
        "you": r"\byou(?:r|'re)?\b|你|您",
        "i": r"\bi(?:'m|'ve)?\b|我",
        "pause": r"…|\.\.\.",
        "paragraph": r"\n",
        "quotation": r"[\u201c\u201d\"「」]",
        "aside": r"[(\uff08]",
    }.items()
}
"""Moves and manners of a reply."""

RAISES = re.compile(r"\b(?:rais|lift|improv)\w*\b|上升|升高", re.IGNORECASE)
"""A sentence of a scene that says, or announces, what does the seeker good."""
LOWERS = re.compile(r"\b(?:lower|sink|worsen)\w*\b|下降|降低", re.IGNORECASE)
"""The same for what does harm."""
