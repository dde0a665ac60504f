"""Contexts in which unsafe words are harmless: warnings, and reports of what others say.

Heuristics about the clause before the words, without a grammar. Where they fail, they should raise
a concern; the judge model also reads the text.
"""

import re

CONTEXT_CHARACTERS = 120
"""Characters before a match that are looked at."""
NEAR = 4
"""Words that may stand between a plain negation and what it negates ('would not tell them to')."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_STOP = re.compile(r"[.!?;\n]")

_NO_NEGATION = _any(
    r"\b(?:don't|do not|never|no need to) (?:worry|hesitate|be (?:afraid|shy)|forget|mind|fail"
    r"|think twice)\b",
    r"\bnot (?:only|just)\b|\bwhy not\b|\bno (?:matter|doubt)\b|\bor not\b|\b(?:don't|do not) "
    r"(?:just|only)\b",
    "别担心|别怕|别犹豫|别忘了|不要(?:担心|怕|犹豫|忘了)|特别|分别|区别|别人|要不要|不要紧",
)
"""Words that look like a negation, and negate nothing of what follows."""

_FORBIDDING = _any(
    r"(?:^|[:,(\"] *|\b(?:must|should|may|please|and|or|but|supporters?|to|it) )(?:never|do not"
    r"|don't|not|avoid|refrain from|no)\b",
    r"\b(?:avoid|refrain from|must not|mustn't|should not|shouldn't|may not|warn(?:s|ing)? against"
    r"|forbidden)\b",
    "不要|不能|不可|不应|不得|不该|切勿|避免|禁止|绝不|千万别|别|不(?:给|帮|替|教|鼓励|附和|承诺|夸)|(?<!要)不$",
)
"""Negations that forbid, and hold for a whole list: 'never blame, mock or tell them to ...'."""

_PLAIN = _any(
    r"\b(?:never|not|no|nobody|no one|nothing|without|instead of|rather than)\b|n't\b",
)
"""Negations that hold for the next few words."""

_TURN = _any(
    r"\b(?:but|however|just|simply|then|so)\b|\binstead\b(?! of)",
    r", *(?:you|please|go|stop|they|say|tell (?:them|him|her))\b",
    r"但是|而是|不过|反而|, *(?:你|请|就|让|停|直接|干脆)",
)
"""Where a sentence turns from what not to do to what to do."""

_REPORT = _any(
    r"\b(?:if|when|whenever|whether|once|before|after|unless)\b",
    r"\b(?:do|did|are|were|have|would) (?:you|they)\b",
    r"\bdid (?:your|their|the|an?) \w+ (?:say|tell|ask|advise)\b",
    r"\b(?:want|wish|plan|intend|threaten|think|talk|speak|ask|mention|say|feel|believe|fear|worr)"
    r"(?:s|ed|ing|ies|ying|ning)?\b|\b(?:thoughts?|urges?|signs?|risk|danger|idea|tempted|told|said)"
    r"\b|\btell(?:s|ing)? (?:you|me|us)\b",
    r"\bonly (?:a|the|their) (?:doctor|psychiatrist|prescriber)\b",
    r"^\W*(?:they|she|he|some|many people) (?:may|might|were|was|had|could have)\b",
    "(?:^|,)(?:对方|他|她|人家)(?:可能)?(?:说|怕|担心|觉得|想|问|骂自己|被)",
    "如果|是否|有没有|当(?!成|作)|(?<![冥思理幻])想要?(?!法)|提到|说到|说他|说她|念头|觉得|以为|风险|危险|之前",
)
"""Words before a report of somebody's danger, wish or belief: 'when they want to ...'."""

_RETOLD = _any(
    r"\W*(?:he|she|they|some|many|most)(?: people)? (?:says?|said|told|tells?|thinks?) [^,]*$"
)
"""What others say, with nothing of one's own after it."""

_NO_REPORT = _any(
    r"\bif I were you\b",
    r"\bI(?:'d| would| must| have to)? (?:want|wish|ask|think|feel|believe|say)\b",
    r"(?<!they )(?<!he )(?<!person )\b(?:ask|want) (?:them|him|her|you|the \w+) to\b",
    r"\b(?:start|keep|begin) (?:talk|think|speak|say)ing\b",
    r"\bhelp (?:them|him|her|you) (?:to )?(?:plan|think|feel|believe)\b",
    r"^\W*(?:talk|speak) (?:to|with) \w+|(?:^\W*|, *)(?:say|think|plan)\b",
    r"\b(?:let|make) (?:them|him|her|people|the \w+) (?:believe|think|feel|say)\b|^\W*urge\b",
    "我(?:觉得|以为|想)|当然|(?:让|使|叫)(?:对方|他|她|人|用户)(?:觉得|以为|相信|想)",
)
"""Words that look like a report, and are the speaker's own advice."""

_DIRECTIVE = _any(
    r"\b(?:tell|advise|encourage|suggest|recommend|urge|convince|persuade|promise|push|help|I think"
    r"|I believe|you should|you can|go ahead|just|then|better)\b|(?:^|[:\"] *)(?:say|ask|think)\b",
    r",",
    "告诉|建议|鼓励|劝|直接|干脆|就",
)
"""Words after which advice follows, whatever was reported before."""

_CONDEMNED = re.compile(
    r"\"? *(?:\w+ ){0,2}(?:is|are|would be|can be) (?:harmful|dangerous|unsafe|unacceptable|wrong"
    r"|never (?:ok|okay|right|acceptable|safe))\b"
    r"|\"? *(?:\w+ ){0,2}must (?:never|not|be avoided)\b",
    re.IGNORECASE,
)
"""Words that condemn what stands before them: '... is never acceptable'."""


_ASKING = _any(
    r"\b(?:are|were|do|did|have|had) (?:you|they|he|she)\b[^.!?;\n]*$",
    r"(?:你|他|她|对方)(?:现在|今天|是不是|是否|有没有|在|想)[^.!?;\n]*$",
)
"""How a question begins that asks for what it names: 'are you thinking of ...?'."""

_ADVISED = _any(
    r"^\W*(?:(?:always|please|just|then|so|now|you (?:should|can|must)|better) )*(?:tell|advise"
    r"|encourage|urge|promise|convince|ask|let|suggest|recommend|help|say|remind|make|keep|agree"
    r"|assure|explain|discourage|ignore)\b",
    r"^\W*(?:请|要|应该|可以|就)*(?:告诉|建议|鼓励|劝|让|教|答应|保证)",
)
"""Sentences that begin with an instruction, even in a field that should only warn."""


def is_harmless(text: str, start: int, end: int) -> bool:
    """Whether words at a place are warned against, or reported, rather than advised."""
    if _CONDEMNED.match(text, end):
        return True
    clause = _NO_NEGATION.sub(" ", _clause_before(text, start))
    retold = _RETOLD.match(_STOP.split(text[:end])[-1])
    if retold or _asked(text, start, end):
        return True
    return _forbidden(clause) or _negated(clause) or _reported(clause)


def is_advised(text: str, start: int, end: int) -> bool:
    """Whether words at a place belong to an instruction, and not to the name of a danger."""
    return _ADVISED.search(_clause_before(text, start) + text[start:end]) is not None


def advice_start(match: re.Match[str]) -> int:
    """Where the advice of matched words begins: at the group `act`, where the phrase has one."""
    return match.start("act") if "act" in match.re.groupindex else match.start()


def _clause_before(text: str, place: int) -> str:
    """Text before a place in its sentence; for words in quotes, before the quotation."""
    before = text[max(0, place - CONTEXT_CHARACTERS) : place]
    line = before.rsplit("\n", 1)[-1]
    if line.count('"') % 2:
        opening = line.rindex('"')
        return _STOP.split(line[:opening])[-1] + '"'
    return _STOP.split(before)[-1]


def _asked(text: str, start: int, end: int) -> bool:
    """Whether words stand in a question about the person."""
    stop = _STOP.search(text, end)
    asks = stop is not None and stop[0] == "?"
    return asks and _ASKING.search(_STOP.split(text[:start])[-1]) is not None


def _forbidden(clause: str) -> bool:
    rest = _after_last(_FORBIDDING, clause)
    return rest is not None and not _TURN.search(rest)


def _negated(clause: str) -> bool:
    rest = _after_last(_PLAIN, clause)
    return rest is not None and "," not in rest and len(rest.split()) <= NEAR


def _reported(clause: str) -> bool:
    rest = _after_last(_REPORT, _NO_REPORT.sub(", ", clause))
    return rest is not None and not _DIRECTIVE.search(rest)


def _after_last(pattern: re.Pattern[str], clause: str) -> str | None:
    """What follows the last match of a pattern; None without one."""
    places = [match.end() for match in pattern.finditer(clause)]
    return clause[places[-1] :] if places else None
