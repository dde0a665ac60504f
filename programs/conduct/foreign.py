"""Whether a text is in a language that the rules cannot read: they read English and Chinese."""

import re
import unicodedata

from .normalise import normalise

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_ENGLISH = frozenset(
    "the them they their to that and of is it you your not when if for with what how ask say tell "
    "who this be are was about at from or but so as by has have can will do does did never always "
    "i my me we us he she his her in on up out no yes".split()
)
_OTHER = frozenset(
    # Spanish, French, German, Portuguese, Italian, Dutch, Polish, Turkish: their commonest words
    "que los las para con una del por su sus sin el y esta como mas "
    "les des pour avec dans leur leurs est pas et ne ce qui vous il elle une au aux "
    "der das und ist nicht sie den "
    "mit zu ein eine auf dass ihnen dem wenn ihre von nao os uma com seu sua para voce "
    "che di per sono non gli della il het een niet dat van zijn voor met nie jest ze sie "
    "bir ve icin degil la le de en es se lo".split()
)
_SHARE = 0.4
"""Share of letters that are neither Latin nor Chinese, from which on nobody reads the text."""
_LEAST = 3
"""Words that a text must have to be judged by them."""


def is_foreign(text: str) -> bool:
    """Whether a text is neither English nor Chinese, as far as its letters and small words tell."""
    letters = [char for char in text.lower() if char.isalpha()]
    strange = sum(not _is_read(char) for char in letters)
    if letters and strange / len(letters) >= _SHARE:
        return True
    words = _WORD.findall(normalise(text))
    english = sum(word in _ENGLISH for word in words)
    other = sum(word in _OTHER for word in words)
    return len(words) >= _LEAST and other >= 2 and other > english


def _is_read(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "LATIN" in unicodedata.name(char, "")
