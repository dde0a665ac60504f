"""Words of a text in any language, where a Han character counts as one, and its language."""

import re

from .dialogue import Language

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+(?:['\u2019][^\W\u3400-\u9fff]+)*")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def words(text: str) -> list[str]:
    """The words of a text, case folded, without punctuation."""
    return [word.casefold() for word in _WORD.findall(text)]


def language_of(text: str) -> Language:
    """The language to answer a text in: `zh` if a Han character stands in it, else `en`."""
    return "zh" if _HAN.search(text) else "en"
