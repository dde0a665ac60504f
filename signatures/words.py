"""Words of a text in any language: a Han character counts as one."""

import re

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+(?:['\u2019][^\W\u3400-\u9fff]+)*")


def words(text: str) -> list[str]:
    """The words of a text, case folded, without punctuation."""
    return [word.casefold() for word in _WORD.findall(text)]
