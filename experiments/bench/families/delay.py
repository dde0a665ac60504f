"""Effects that come later, up to those that first show the wrong sign.

Work on painful matters often costs distress before it helps: people who write about a trauma feel
worse at once and better later (Pennebaker and Beall, J. Abnorm. Psychol. 95, 1986), and productive
sessions pass through distress (Pascual-Leone and Greenberg, J. Consult. Clin. Psychol. 75, 2007).
Reassurance relieves at once and feeds the worry later (Salkovskis and Warwick, Behav. Res. Ther.
24, 1986).
"""

from collections.abc import Sequence
from typing import NamedTuple

LATER = 2
"""Replies over which the later part of an effect is spread."""


class Effect(NamedTuple):
    """Log-odds that a reply brings at its own moment, and in each of the next ones."""

    now: float
    later: float


def split(slow: float, quick: float, delay: float) -> Effect:
    """Parts of an effect that sum to `slow + quick`: the slow one comes later by the dial."""
    return Effect(now=quick + (1 - 2 * delay) * slow, later=2 * delay * slow / LATER)


def felt_now(effects: Sequence[Effect]) -> float:
    """What the last reply brings, and the ones before it still do."""
    *before, last = effects
    return last.now + sum(effect.later for effect in before[-LATER:])
