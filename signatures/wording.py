"""What prompts call things: the words of emotional support, or those of the domain at work."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

Words = tuple[tuple[str, str], ...]
"""Words of emotional support, each with the one that stands in its place."""
_WORDS: ContextVar[Words] = ContextVar("words", default=())


@contextmanager
def wording(words: Mapping[str, str]) -> Generator[None]:
    """Within the block prompts use these words in place of those of emotional support."""
    token = _WORDS.set(tuple(words.items()))
    try:
        yield
    finally:
        _WORDS.reset(token)


def words_in_use() -> Words:
    """The words that stand in place of others; none for emotional support."""
    return _WORDS.get()


def worded(text: str) -> str:
    """What a prompt says of its own accord, in the words in use; never for what somebody said."""
    words = _WORDS.get()
    return _replaced(text, words) if words else text


@lru_cache(maxsize=4096)
def _replaced(text: str, words: Words) -> str:
    other = {" ".join(old.lower().split()): new for old, new in words}
    spelt = (re.escape(old).replace(r"\ ", r"\s+") for old in sorted(other, key=len, reverse=True))

    def replace(found: re.Match[str]) -> str:
        new = other[" ".join(found[1].lower().split())]
        return new[:1].upper() + new[1:] if found[1][0].isupper() else new

    return re.sub(rf"\b({'|'.join(spelt)})(?=s?\b)", replace, text, flags=re.IGNORECASE)
