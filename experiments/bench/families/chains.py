"""Interaction of skills: one pays only after another, so that each alone shows no gain.

Components of a treatment often work only together (Collins, Optimization of Behavioral
Interventions, 2018, on factorial designs); prompts do, too (Opsahl-Ong et al., EMNLP 2024).
"""

from collections.abc import Sequence

from .setting import Setting, Worth

UNPREPARED = -0.3
"""Log-odds of the act without the one that prepares it."""


def paid(extra: float, before: Sequence[Sequence[str]], worth: Worth, setting: Setting) -> float:
    """The worth of the act that is called for, after the acts of the replies before it."""
    if not setting.chained or extra <= 0:
        return extra
    return extra if any(worth.opener in acts for acts in before) else UNPREPARED
