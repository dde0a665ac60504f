"""Drift of an appraiser from its surrogate: by source, and turn by turn.

Each source (simulator and supporter) has a level, the mean of given minus expected change, and a
spread, the mean of its square. Both differ between supporters for good reasons, so like is compared
with like: new dialogues of a supporter that the surrogate has learnt with that supporter's own,
held out; and only a new supporter with the differences between learnt ones, which hide a shift of
some points. An alarm is a reason to read the dialogues, not a proof of a fault.
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

DriftKind = Literal["level", "spread"]
Peers = Literal["itself", "others"]
"""Whether a source is compared with its own dialogues held out, or with other supporters."""
MeanWithError = tuple[float, float]
"""A mean and its standard error."""


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
    """What is usual of sources whose dialogues the surrogate expected without having seen them."""

    sources: tuple[Stray, ...] = Field(min_length=1)
    """No dialogue of the supporter was seen (nor of the seeker): for new supporters."""
    own: tuple[Stray, ...] = Field(min_length=1)
    """Other dialogues of the supporter were seen: for its new dialogues."""
    far: float = Field(ge=0)
    """Distance of given and expected change that a share `FAR` of the replies exceeds."""


class DriftCheck(Frozen):
    """One source beside the reference."""

    stray: Stray
    beside: Peers
    level_p: float = Field(ge=0, le=1)
    """Chance of so unusual a level where nothing is wrong."""
    spread_p: float = Field(ge=0, le=1)

    @property
    def kinds(self) -> tuple[DriftKind, ...]:
        """What is out of the usual."""
        found: tuple[tuple[DriftKind, float], ...] = (
            ("level", self.level_p),
            ("spread", self.spread_p),
        )
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
    return [
        stray_of(str(name), off[mine], dialogues[mine])
        for name in np.unique(sources)
        for mine in (sources == name,)
    ]


def stray_of(source: str, off: np.ndarray, dialogues: np.ndarray) -> Stray:
    """The level and the spread of one source.

    Args:
        source: Its name.
        off: (replies,) given minus expected changes.
        dialogues: (replies,) which dialogue each is of; replies of one depend on each other.
    """
    level, level_error = _clustered(off, dialogues)
    spread, spread_error = _clustered(off**2, dialogues)
    return Stray(
        source=source,
        dialogues=len(np.unique(dialogues)),
        replies=len(off),
        level=level,
        level_error=level_error,
        spread=spread,
        spread_error=spread_error,
    )


def reference(design: Design, others: np.ndarray, own: np.ndarray) -> Reference:
    """What is usual, from cross-fitted expectations.

    Args:
        design: The moments that a surrogate learns from.
        others: Expected changes by models that had not seen the supporter.
        own: Expected changes by models that had, but not the dialogue.
    """
    far = float(np.quantile(np.abs(design.changes - others), 1 - FAR))
    return Reference(sources=tuple(strays(design, others)), own=tuple(strays(design, own)), far=far)


def drift_checks(found: Sequence[Stray], usual: Reference) -> list[DriftCheck]:
    """Each source beside itself, where the surrogate has learnt it, or else beside the others.

    Beside itself: Welch's test of two samples of dialogues. Beside others: its figure is taken as
    drawn from where theirs come from; Student's t with the variance between them, their mean's, and
    what a source of fewer dialogues adds.

    Raises:
        ValueError: A supporter is new, and there are not two usual ones to know differences from.
    """
    own = {row.source: row for row in usual.own}
    return [
        _beside_itself(stray, own[stray.source])
        if stray.source in own
        else _beside_others(stray, usual.sources)
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
) -> tuple[list[DriftCheck], list[FarTurn]]:
    """Checks of the sources of some moments, and their turns that were judged far off."""
    expected = surrogate.predict(design)
    return drift_checks(strays(design, expected), usual), far_turns(design, expected, usual)


def _beside_itself(stray: Stray, own: Stray) -> DriftCheck:
    sizes = (stray.dialogues, own.dialogues)
    return DriftCheck(
        stray=stray,
        beside="itself",
        level_p=_welch(_level(stray), _level(own), sizes),
        spread_p=_welch(_spread(stray), _spread(own), sizes),
    )


def _beside_others(stray: Stray, others: Sequence[Stray]) -> DriftCheck:
    if len(others) < 2:
        raise ValueError(
            "a drift alarm about a new supporter needs a surrogate that was fitted on two "
            f"supporters or more, but it was fitted on {len(others)}"
        )
    return DriftCheck(
        stray=stray,
        beside="others",
        level_p=_student(_level(stray), [_level(row) for row in others]),
        spread_p=_student(_spread(stray), [_spread(row) for row in others]),
    )


def _level(stray: Stray) -> MeanWithError:
    return stray.level, stray.level_error


def _spread(stray: Stray) -> MeanWithError:
    return stray.spread, stray.spread_error


def _clustered(values: np.ndarray, clusters: np.ndarray) -> MeanWithError:
    """Mean, and its standard error from the sums of the clusters; `_UNKNOWN` from a single one."""
    mean = float(values.mean())
    _, place = np.unique(clusters, return_inverse=True)
    sums = np.bincount(place, weights=values - mean)
    if len(sums) < 2:
        return mean, _UNKNOWN
    factor = len(sums) / (len(sums) - 1)
    return mean, math.sqrt(factor * float(sums @ sums)) / len(values)


def _welch(mine: MeanWithError, own: MeanWithError, dialogues: tuple[int, int]) -> float:
    """Two-sided chance of two means at least so far apart where they are one."""
    if mine[1] == own[1] == 0:
        return float(mine[0] == own[0])
    sides = zip((mine, own), dialogues, strict=True)
    figures = [
        value
        for (mean, error), dialogue_count in sides
        for size in (max(2, dialogue_count),)  # one dialogue tells nothing of its own spread
        for value in (mean, error * math.sqrt(size), size)
    ]
    return float(stats.ttest_ind_from_stats(*figures, equal_var=False).pvalue)


def _student(mine: MeanWithError, usual: Sequence[MeanWithError]) -> float:
    """Two-sided chance of a figure at least so far from the usual ones."""
    figures = np.array([figure for figure, _ in usual])
    noise = float(np.mean([error**2 for _, error in usual]))
    between = max(float(figures.var(ddof=1)), noise)  # never less than sampling alone makes
    variance = between * (1 + 1 / len(figures)) + max(0.0, mine[1] ** 2 - noise)
    reach = abs(mine[0] - float(figures.mean())) / math.sqrt(variance)
    return float(2 * stats.t.sf(reach, len(figures) - 1))
