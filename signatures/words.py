"""Words, tokens and language of a text; a Han character counts as one word."""

import re

from .dialogue import Language

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+(?:['\u2019][^\W\u3400-\u9fff]+)*")
_OTHER_SCRIPT = re.compile(r"[^\x00-\u024f\s]")
_SENTENCE = re.compile(r"[^.!?\u3002\uff01\uff1f]+[.!?\u3002\uff01\uff1f]*\s*")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def words(text: str) -> list[str]:
    """The words of a text, case folded, without punctuation."""
    return [word.casefold() for word in _WORD.findall(text)]


def language_of(text: str) -> Language:
    """The language to answer a text in: `zh` if a Han character stands in it, else `en`."""
    return "zh" if _HAN.search(text) else "en"


def tokens_in(text: str) -> int:
    """About how many tokens a text has: one a character outside Latin script, else one in four.

    An estimate that needs no model's tokenizer; those of current models give up to a third less.
    """
    others = len(_OTHER_SCRIPT.findall(text))
    return others + -(-(len(text) - others) // 4)


def clipped(text: str, tokens: int) -> str:
    """The text if it keeps a budget of tokens, else the whole sentences of it that do.

    The first sentence is kept in any case, cut where it alone is longer.
    """
    if tokens_in(text) <= tokens:
        return text
    kept = ""
    for sentence in _SENTENCE.findall(text):
        if tokens_in(kept + sentence) > tokens:
            break
        kept += sentence
    while not kept or tokens_in(kept) > tokens:
        kept = (kept or text)[: int(len(kept or text) * 0.9)]
    return kept.strip()
