"""Support moves: what a text does or tells a supporter to do, read off its words.

One detector for guidance, replies and corpus turns, in English and Chinese, so that everything in
the rehearsal passes through text. Quoted words and negated cues do not count.
"""

import re
from functools import lru_cache

from .script import Script, script

_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"")
_CLAUSE = re.compile(r"[.!?;:,\n。！？；，]| but | then | and then ", re.IGNORECASE)  # noqa: RUF001


def moves_in(text: str) -> tuple[str, ...]:
    """The moves that a text performs or asks for, in the order of their first cue."""
    return _read(script(), text)[0]


def suppressed_in(text: str) -> tuple[str, ...]:
    """The moves that a text warns against ("do not give advice")."""
    return _read(script(), text)[1]


def unquoted(text: str) -> str:
    """The text without the words that it quotes from others."""
    return _QUOTED.sub(" ", text)


@lru_cache(maxsize=50_000)
def _read(played: Script, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: dict[str, int] = {}
    warned: dict[str, int] = {}
    plain = unquoted(text)
    start = 0
    for clause in _CLAUSE.split(plain):
        negation = played.negation.search(clause)
        for move, pattern in played.move_cues.items():
            cue = pattern.search(clause)
            if cue is None:
                continue
            against = negation is not None and negation.start() < cue.start()
            (warned if against else found).setdefault(move, start + cue.start())
        start += len(clause) + 1
    return (
        tuple(sorted(found, key=lambda move: found[move])),
        tuple(sorted(warned, key=lambda move: warned[move])),
    )
