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
_SENTENCE = re.compile(r"[.!?;:\n。！？；]| but | then | and then ", re.IGNORECASE)  # noqa: RUF001
_COMMA = re.compile("[,，、]")  # noqa: RUF001 - Chinese commas
_ALTERNATIVES = re.compile(r"\bn?or\b|或", re.IGNORECASE)


def moves_in(text: str) -> tuple[str, ...]:
    """The moves that a text performs or asks for, in the order of their first cue."""
    return _read(unquoted(text))[0]


def suppressed_in(text: str) -> tuple[str, ...]:
    """The moves that a text warns against ("do not give advice")."""
    return _read(unquoted(text))[1]


def unquoted(text: str) -> str:
    """The text without what it quotes: another's words are not its own move."""
    return _QUOTED.sub(" ", text)


@lru_cache(maxsize=50_000)
def _read(plain: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Moves, moves warned against); cached, as replies without their quotes repeat."""
    found: dict[str, int] = {}
    warned: dict[str, int] = {}
    start = 0
    for sentence in _SENTENCE.split(plain):
        for clause, against_from in _clauses(sentence):
            for move, pattern in _CUES.items():
                cue = pattern.search(clause)
                if cue is not None:
                    against = cue.start() > against_from
                    (warned if against else found).setdefault(move, start + cue.start())
            start += len(clause) + 1
    return (
        tuple(sorted(found, key=lambda move: found[move])),
        tuple(sorted(warned, key=lambda move: warned[move])),
    )


def _clauses(sentence: str) -> list[tuple[str, float]]:
    """The clauses of a sentence, each with the place after which its cues are negated.

    A negation rules its own clause, and those after it where they list alternatives ("do not
    advise, lecture or interpret").
    """
    clauses: list[tuple[str, float]] = []
    carried = False
    parts = _COMMA.split(sentence)
    for number, clause in enumerate(parts):
        negation = _NEGATION.search(clause)
        own = negation.start() if negation else float("inf")
        clauses.append((clause, -1.0 if carried else own))
        rest = parts[number + 1 :]
        carried = bool(rest) and (carried or negation is not None) and _lists(rest)
    return clauses


def _lists(rest: list[str]) -> bool:
    return _ALTERNATIVES.search(rest[-1]) is not None
