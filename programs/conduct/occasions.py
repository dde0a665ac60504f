"""Advice that hides where a skill should only say when to use it.

'When they are sad, tell them to ...' tells of an occasion and goes on with advice. An instruction
begins a sentence, or follows a mark and speaks of the person as somebody else. What stands before
it in its sentence, and sentences without one, are no advice. Heuristics without a grammar.
"""

import re
from collections.abc import Mapping
from typing import Literal

from .context import is_advised

Says = Literal["advice", "warning", "occasion"]
SAYS: Mapping[str, Says] = {
    "risks": "warning",
    "when_not_to_use": "warning",
    "when_to_use": "occasion",
}
"""Fields that say what to keep away from, or what a person is like: what they name is no advice."""

_OTHER = (
    r"(?:them|him|her|people|somebody|someone|everyone|this person|the (?:person|user|seeker|client"
    r"|caller|girl|boy|child|woman|man|other))"
)
_MOVES = (
    r"(?:tell|advise|encourage|urge|promise|convince|persuade|push|ask|let|help|remind|make|keep"
    r"|assure|discourage|give|show|teach|offer|praise|blame|shame|get|have|lead|nudge|order|instruct"
    r"|coach|pressure|talk|bring|steer|guide|allow|support|leave|warn|reassure|invite|want)"
)
_SPEAK = (
    r"(?:say|agree|explain|claim|pretend|insist|confirm|reply|answer|suggest|recommend|hint|describe"
    r"|list|share|argue|repeat|stress|hold|state|declare)"
)
_COMMANDS = (
    r"(?:stop|quit|skip|throw|flush|hide|cut|keep|drop|ditch|avoid|never|forget|ignore|do not|don't"
    r"|take|leave|trust|only)"
)
_LEADS = r"(?:(?:always|please|just|simply|then|so|now|gently|firmly|first|and|better) )*"
_SAID = r"(?:that|how|why|which|where|nobody|no one|they|he|she|it|we|i|you|to|\"|')"

_INSTRUCTION = re.compile(
    rf"(?:^|[,:(\-] *){_LEADS}(?:use (?:it|this) )?(?:to )?{_MOVES} (?:\w+ ){{0,2}}?{_OTHER}\b"
    rf"|(?:^|[,:(\-] *){_LEADS}{_SPEAK} {_SAID}"
    rf"|(?:^|[:(\-] *){_LEADS}{_COMMANDS}\b"
    rf"|\b(?:you|we|i) (?:can|could|may|will|should|must|want to|have to|need to|ought to) "
    rf"(?:\w+ )?{_MOVES} {_OTHER}\b"
    r"|\byou (?:should|must|ought to|had better)\b"
    rf"|\b(?:in order|used?|so as) to {_MOVES} {_OTHER}\b"
    r"|\bso (?:that )?(?:they|he|she) (?:will|would|can|could|never|only|no longer)\b"
    "|(?:^|[,:(] *)(?:请|就|可以|要|应该|直接|务必|再|那就|用来|用于|以便|好)*(?:告诉|建议|鼓励"
    "|劝|让|教|叫|说服|帮|引导|要求|提醒|使)(?:他|她|它|对方|ta|用户|来访者|人)"
    "|(?:^|[,:(] *)(?:请|就|可以|应该|直接|务必)*(?:答应|保证|承诺|同意|附和|声称|假装|强调|回答"
    "|说明|解释)"
    "|你(?:应该|必须|最好|得)"
)
_STOP = re.compile(r"[.!?;\n]")


def advice_in(text: str, start: int, end: int) -> str | None:
    """The advice that words at a place belong to, up to their end; None where they are none.

    Args:
        text: The description of an occasion, in plain spelling.
        start: Index of their first character.
        end: Index after their last.
    """
    before = _STOP.split(text[:start])[-1].lstrip()
    sentence = before + text[start:end]
    if is_advised(text, start, end):
        return sentence
    found = _INSTRUCTION.search(sentence)
    return sentence[found.start() :] if found else None


def advice_of(text: str) -> str:
    """All that an occasion's description advises: each sentence from its instruction on.

    Args:
        text: The description, in plain spelling.
    """
    sentences = _STOP.split(text)
    starts = [_INSTRUCTION.search(sentence.lstrip()) for sentence in sentences]
    each = zip(sentences, starts, strict=True)
    return ". ".join(sentence.lstrip()[found.start() :] for sentence, found in each if found)
