"""Value of an intermediate change of emotion for the final score.

Emotion has inertia: a seeker who feels better rates the next reply higher (SAGE transcripts; after
four replies the emotion correlates 0.87 with the final one). So a point gained early is worth more
than a point at the end. A regression on the dialogues at hand estimates how much more.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from esc_skills.signatures.rollouts import Rollout

PRIOR_DIALOGUES = 8
"""Weight of the prior belief that a point is worth a point, in dialogues."""
PRIOR_SPREAD = 15.0
"""Standard deviation of the emotion, in points, that such a dialogue would show."""


class Outlook:
    """The final points that a point of emotion after each reply stands for.

    Args:
        rollouts: Dialogues to learn from; without any, a point is worth a point.
    """

    def __init__(self, rollouts: Sequence[Rollout]) -> None:
        ends: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for rollout in rollouts:
            if rollout.valid:
                for turn, emotion in enumerate(rollout.emotions[1:]):
                    ends[turn].append((emotion, rollout.emotions[-1]))
        self._slopes = {turn: _slope(points) for turn, points in ends.items()}

    def worth(self, turn: int, change: float) -> float:
        """Final points that a change of emotion after reply number `turn` (from 0) amounts to."""
        return self._slopes.get(turn, 1.0) * change


def _slope(points: Sequence[tuple[int, int]]) -> float:
    """Ridge regression of the final emotion on the present one, drawn towards a slope of 1."""
    present, final = np.array(points, dtype=float).T
    prior = PRIOR_DIALOGUES * PRIOR_SPREAD**2
    present -= present.mean()
    return float((present @ final + prior) / (present @ present + prior))
