"""Support moves: what a text does or tells a supporter to do, read off its words.

One detector for guidance, replies and corpus turns, in English and Chinese, so that everything in
the rehearsal passes through text. Quoted words and negated cues do not count.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

EXPLORATION = frozenset({"listening", "question", "restatement", "reflection"})
"""Hill's exploration skills."""

_DATA = json.loads(Path(__file__).with_name("moves.json").read_text(encoding="utf-8"))
_CUES: dict[str, re.Pattern[str]] = {
    move: re.compile("|".join(patterns), re.IGNORECASE) for move, patterns in _DATA["cues"].items()
}
_NEGATION = re.compile("|".join(_DATA["negations"]), re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"")
_CLAUSE = re.compile(r"[.!?;:,\n。！？；，]| but | then | and then ", re.IGNORECASE)  # noqa: RUF001


@lru_cache(maxsize=50_000)
def moves_in(text: str) -> tuple[str, ...]:
    """The moves that a text performs or asks for, in the order of their first cue."""
    return _read(text)[0]


@lru_cache(maxsize=50_000)
def suppressed_in(text: str) -> tuple[str, ...]:
    """The moves that a text warns against ("do not give advice")."""
    return _read(text)[1]


def unquoted(text: str) -> str:
    """The text without the words that it quotes from others."""
    return _QUOTED.sub(" ", text)


def _read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: dict[str, int] = {}
    warned: dict[str, int] = {}
    plain = unquoted(text)
    start = 0
    for clause in _CLAUSE.split(plain):
        negation = _NEGATION.search(clause)
        for move, pattern in _CUES.items():
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
