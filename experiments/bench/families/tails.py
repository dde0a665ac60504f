"""Heavy-tailed noise, and acts that help most people and rarely make somebody close up for good.

Five to ten in a hundred get worse in therapy (Lambert, Handbook of Psychotherapy and Behavior
Change, 2013), often after a rupture that is not mended (Safran and Muran, Negotiating the
Therapeutic Alliance, 2000).
"""

import math
import random
from collections.abc import Iterable

from .setting import Setting, worth_of

TAIL_SCALE = 1.3
"""Of the t distribution; its middle then is about as wide as the logistic's."""


def noise(rng: random.Random, setting: Setting) -> float:
    """Noise of one appraisal, in log-odds: logistic, or t with few degrees of freedom."""
    draw, normal = rng.random(), rng.gauss(0, 1)
    if not setting.tails:
        return math.log(max(draw, 1e-9) / max(1 - draw, 1e-9))
    half = setting.tails / 2
    return TAIL_SCALE * normal / math.sqrt(rng.gammavariate(half, 1 / half))


def closes(acts: Iterable[str], accident: float, setting: Setting) -> bool:
    """Whether a risky act makes the person close up, given a uniform draw."""
    return accident < setting.collapse and not worth_of(setting).risky.isdisjoint(acts)
