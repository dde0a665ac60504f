"""Credit per skill: change of emotion after its replies, against similar turns without it."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from esc_skills.programs.support.support_agent import NO_SKILL
from esc_skills.signatures.reflection import SkillCredit
from esc_skills.signatures.rollouts import Rollout

BIN = 20
"""Width, in points, of the emotion bands within which replies are compared: the emotion before a
reply alone explains a third of how it is received (SAGE transcripts, R2 0.31)."""


def credit(rollouts: Sequence[Rollout]) -> tuple[SkillCredit, ...]:
    """The credit of every skill used in the rollouts, and of `none`, the most used first."""
    changes: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    by_band: defaultdict[int, list[int]] = defaultdict(list)
    for rollout in rollouts:
        before = rollout.start
        for exchange in rollout.exchanges:
            if exchange.emotion is None:
                continue
            change, band = exchange.emotion - before, before // BIN
            changes[exchange.skill or NO_SKILL].append((band, change))
            by_band[band].append(change)
            before = exchange.emotion
    usual = {band: float(np.mean(values)) for band, values in by_band.items()}
    ranked = sorted(changes.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        SkillCredit(
            skill=skill,
            uses=len(rows),
            mean_change=round(float(np.mean([change for _, change in rows])), 2),
            lift=round(float(np.mean([change - usual[band] for band, change in rows])), 2),
        )
        for skill, rows in ranked
    )
