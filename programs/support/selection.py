"""The skills that the selecting model sees at a turn.

A bank that fits the policy's budget of tokens is shown whole, always in the same order: no skill
depends on its words or its place, and a provider can cache the prompt. Of a larger bank the skills
are shown, in its order, that are nearest in meaning to what the seeker said, in whatever language.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from esc_skills.signatures.skills import Bank, Skill
from esc_skills.signatures.words import tokens_in

from ..conduct.memory import remembered
from .vectors import Vectors, made, vectors_of

DIGITS = 5
"""Of a likeness that count: fewer than those in which the vectors of equal texts may differ."""
EARLIER = 0.5
"""Weight of a seeker's turn against the one after it."""
READ = 160
"""Characters of a turn's end, and of a skill's start, that are compared."""


def shortlist(bank: Bank, seeker_turns: Sequence[str]) -> list[Skill]:
    """The skills on offer after the seeker's turns so far, in the order of the bank.

    Args:
        bank: The skills and the policy, whose parameters decide.
        seeker_turns: Everything the seeker has said, in order; not empty.
    """
    rule = bank.policy.parameters
    if not bank.skills or len(seeker_turns) <= rule.warm_up:
        return []
    sizes = _sizes(_Same(bank.skills))
    if int(sizes.sum()) <= rule.offered_tokens:
        return list(bank.skills)
    # on one thread: the threads of a matrix product wait for each other where cores are busy
    said = _query(seeker_turns[-rule.context_turns :])
    alike = np.einsum("ij,j->i", _vectors(_Same(bank.skills)), said)
    ranked = _highest(np.round(alike, DIGITS), rule.offered_tokens // int(sizes.min()) + 1)
    kept = ranked[np.cumsum(sizes[ranked]) <= rule.offered_tokens]
    return [bank.skills[place] for place in sorted(kept if len(kept) else ranked[:1])]


def card_tokens(bank: Bank) -> int:
    """About how many tokens the cards of all skills take, which `offered_tokens` bounds."""
    return int(_sizes(_Same(bank.skills)).sum()) if bank.skills else 0


def _highest(values: Vectors, most: int) -> npt.NDArray[np.int64]:
    """Places of the highest values, from the highest on; as many as may be needed, and no more."""
    if most >= len(values):
        return np.argsort(-values, kind="stable")
    # sorting them all would take as long as everything else here
    least = np.partition(values, len(values) - most)[len(values) - most]
    places = np.flatnonzero(values >= least)
    return places[np.argsort(-values[places], kind="stable")]


class _Same:
    """A key for caches: equal where it is the very same tuple, since hashing it costs too much."""

    def __init__(self, skills: tuple[Skill, ...]) -> None:
        self.skills = skills

    def __hash__(self) -> int:
        return id(self.skills)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.skills is other.skills


@lru_cache(maxsize=64)
def _sizes(bank: _Same) -> npt.NDArray[np.int64]:
    """Tokens of each skill's card."""
    texts = ((s.name, s.when_to_use, s.when_not_to_use) for s in bank.skills)
    return np.array([sum(map(tokens_in, text)) for text in texts])


@lru_cache(maxsize=8)
def _vectors(bank: _Same) -> Vectors:
    """What each skill says of its use, a row each."""
    return vectors_of([skill.when_to_use[:READ] for skill in bank.skills])


def _query(turns: Sequence[str]) -> Vectors:
    """What the seeker said last, the last turn counting most."""
    weights = [EARLIER**age for age in reversed(range(len(turns)))]
    vectors = np.stack([_said(turn[-READ:]) for turn in turns])
    return np.asarray(weights, dtype=np.float32) @ vectors


@remembered(30_000)
def _said(text: str) -> Vectors:
    """The vector of a turn; apart from those of the skills, since a service forgets it."""
    return made([text])[0]
