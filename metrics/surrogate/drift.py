"""Whether an appraiser still judges as the surrogate has learnt: by source, and turn by turn.

Each source (simulator and supporter) has a level, the mean of given minus expected change, and a
spread, the mean of its square. Both differ between supporters for good reasons; how much is known
from supporters that the surrogate was not fitted on. An alarm says that a source lies outside of
what such differences make likely: a reason to read its dialogues, not a proof of a fault.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field
from scipy import stats

from esc_skills.signatures.frozen import Frozen

from .model import Design, Surrogate

FAR = 0.01
"""Share of the replies that are called far off among those that the surrogate was fitted on."""
ERROR_RATE = 0.01
"""Chance of a false alarm about a source, over both of its figures."""

_UNKNOWN = 400.0
"""Standard error where nothing can be known: the greatest square of a change's error."""

Kind = Literal["level", "spread"]


class Stray(Frozen):
    """How one source's given changes lie to the expected ones."""

    source: str
    dialogues: int = Field(ge=1)
    replies: int = Field(ge=1)
    level: float
    """Mean of given - expected, in points of emotion a reply."""
    level_error: float
    """Standard error of the level, clustered by dialogue."""
    spread: float
    """Mean of (given - expected) squared."""
    spread_error: float
    """Standard error of the spread, clustered by dialogue."""


class Reference(Frozen):
    """What is usual: sources that the surrogate expected without having seen them."""

    sources: tuple[Stray, ...] = Field(min_length=1)
    far: float = Field(ge=0)
    """Distance of given and expected change that a share `FAR` of the replies exceeds."""


class Alarm(Frozen):
    """One source beside the reference."""

    stray: Stray
    level_p: float = Field(ge=0, le=1)
    """Chance of so unusual a level where nothing is wrong."""
    spread_p: float = Field(ge=0, le=1)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What is out of the usual."""
        found: tuple[tuple[Kind, float], ...] = (("level", self.level_p), ("spread", self.spread_p))
        return tuple(kind for kind, chance in found if chance < ERROR_RATE / len(found))


class FarTurn(Frozen):
    """A reply whose appraisal lies far off what was expected."""

    source: str
    seeker: str
    replicate: int
    turn: int
    """Index of the exchange, from 0."""
    given: int
    expected: float
    reply: str


def strays(design: Design, expected: np.ndarray) -> list[Stray]:
    """Every source's level and spread."""
    sources = np.array([moment.source for moment in design.moments])
    dialogues = np.array([moment.dialogue for moment in design.moments])
    off = design.changes - expected
    found: list[Stray] = []
    for name in np.unique(sources):
        mine = sources == name
        level, level_error = _clustered(off[mine], dialogues[mine])
        spread, spread_error = _clustered(off[mine] ** 2, dialogues[mine])
        found.append(
            Stray(
                source=str(name),
                dialogues=len(np.unique(dialogues[mine])),
                replies=int(mine.sum()),
                level=level,
                level_error=level_error,
                spread=spread,
                spread_error=spread_error,
            )
        )
    return found


def reference(design: Design, expected: np.ndarray) -> Reference:
    """What is usual, from cross-fitted expectations."""
    far = float(np.quantile(np.abs(design.changes - expected), 1 - FAR))
    return Reference(sources=tuple(strays(design, expected)), far=far)


def alarms(found: Sequence[Stray], usual: Reference) -> list[Alarm]:
    """Each source beside the usual ones.

    A new source's figure is taken as drawn from where the usual ones come from: Student's t with
    the variance between them, their mean's, and what a source of fewer dialogues adds.

    Raises:
        ValueError: There are not two usual sources, so that their differences are unknown.
    """
    if len(usual.sources) < 2:
        raise ValueError(
            "a drift alarm needs a surrogate that was fitted on two supporters or more, but it "
            f"was fitted on {len(usual.sources)}"
        )
    return [
        Alarm(
            stray=stray,
            level_p=_chance(
                (stray.level, stray.level_error),
                [(row.level, row.level_error) for row in usual.sources],
            ),
            spread_p=_chance(
                (stray.spread, stray.spread_error),
                [(row.spread, row.spread_error) for row in usual.sources],
            ),
        )
        for stray in found
    ]


def far_turns(design: Design, expected: np.ndarray, usual: Reference) -> list[FarTurn]:
    """Replies whose appraisal lies further off than `usual.far`, the furthest first."""
    off = np.abs(design.changes - expected)
    order = [int(place) for place in np.argsort(-off, kind="stable") if off[place] > usual.far]
    return [
        FarTurn(
            source=moment.source,
            seeker=moment.seeker,
            replicate=moment.transcript.rollout.replicate,
            turn=moment.turn,
            given=moment.change,
            expected=round(float(expected[place]), 1),
            reply=moment.reply,
        )
        for place in order
        for moment in (design.moments[place],)
    ]


def check(
    surrogate: Surrogate, usual: Reference, design: Design
) -> tuple[list[Alarm], list[FarTurn]]:
    """Alarms about the sources of some moments, and their turns that were judged far off."""
    expected = surrogate.predict(design)
    return alarms(strays(design, expected), usual), far_turns(design, expected, usual)


def _clustered(values: np.ndarray, clusters: np.ndarray) -> tuple[float, float]:
    """Mean, and its standard error from the sums of the clusters; `_UNKNOWN` from a single one."""
    mean = float(values.mean())
    _, place = np.unique(clusters, return_inverse=True)
    sums = np.bincount(place, weights=values - mean)
    if len(sums) < 2:
        return mean, _UNKNOWN
    factor = len(sums) / (len(sums) - 1)
    return mean, math.sqrt(factor * float(sums @ sums)) / len(values)


def _chance(mine: tuple[float, float], usual: Sequence[tuple[float, float]]) -> float:
    """Two-sided chance of a figure at least so far from the usual ones."""
    figures = np.array([figure for figure, _ in usual])
    noise = float(np.mean([error**2 for _, error in usual]))
    between = max(float(figures.var(ddof=1)), noise)  # never less than sampling alone makes
    variance = between * (1 + 1 / len(figures)) + max(0.0, mine[1] ** 2 - noise)
    reach = abs(mine[0] - float(figures.mean())) / math.sqrt(variance)
    return float(2 * stats.t.sf(reach, len(figures) - 1))
