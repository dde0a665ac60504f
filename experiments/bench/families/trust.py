"""Needs that depend on the history: what a topic calls for is welcome only once there is trust.

The alliance predicts the outcome of talks (Horvath and Symonds, J. Couns. Psychol. 38, 1991), and
insight or advice before a person feels understood does harm (Hill, Helping Skills, 2020).
"""

from collections.abc import Sequence

from .setting import Setting, Worth

TOO_SOON = -0.5
"""Share of its worth that an act costs when it comes too soon."""


def welcome(extra: float, before: Sequence[Sequence[str]], worth: Worth, setting: Setting) -> float:
    """The worth of the act that is called for, after the acts of the replies before it."""
    trusted = sum(bool(worth.trusting & set(acts)) for acts in before)
    return extra if trusted >= setting.trust else TOO_SOON * extra
