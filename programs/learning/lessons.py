"""What dialogues teach: prototypes of Intervention Units, and lessons of like states.

Source: ESC-Skills (arXiv 2605.27908), section 3, with the choices that `miner` names.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from esc_skills.signatures.units import NO_ACTION, NO_NEED, InterventionUnit, Prototype

EXAMPLES = 3
"""Units that stand for a prototype."""
ACTIONS = 2
"""Actions that a skill asks for, and warns of, in one state; a reply has room for no more."""


@dataclass(frozen=True)
class Lesson:
    """What helped and what hurt in like states of one stage."""

    helpful: tuple[Prototype, ...]
    harmful: tuple[Prototype, ...]


def prototypes_of(units: Sequence[InterventionUnit]) -> tuple[Prototype, ...]:
    """The key units grouped by (need, stage, action), the largest group first."""
    cells: defaultdict[tuple[str, str, str], list[InterventionUnit]] = defaultdict(list)
    for unit in units:
        if unit.is_key:
            cells[unit.state.need, unit.state.stage, unit.action].append(unit)
    prototypes = [_prototype(members) for members in cells.values()]
    return tuple(sorted(prototypes, key=lambda p: (-(p.good + p.bad), p.id)))


def _prototype(members: Sequence[InterventionUnit]) -> Prototype:
    state, action = members[0].state, members[0].action
    clearest = sorted(members, key=lambda unit: (-abs(unit.reaction), unit.id))
    return Prototype(
        id=f"{state.need}/{state.stage}/{action}",
        need=state.need,
        stage=state.stage,
        action=action,
        good=sum(unit.reaction > 0 for unit in members),
        bad=sum(unit.reaction < 0 for unit in members),
        units=tuple(clearest[:EXAMPLES]),
        unit_ids=tuple(unit.id for unit in members),
    )


def lessons_of(prototypes: Sequence[Prototype], min_units: int, first: str) -> list[Lesson]:
    """What worked, the best evidenced first; like lessons of one stage are joined.

    Args:
        prototypes: What was seen.
        min_units: Key units that a state needs to give a lesson.
        first: The first stage of a conversation.
    """
    states: defaultdict[tuple[str, str], list[Prototype]] = defaultdict(list)
    for prototype in prototypes:
        if prototype.action != NO_ACTION:  # no advice to give or to warn of
            states[prototype.need, prototype.stage].append(prototype)
    groups: defaultdict[tuple[str, tuple[str, ...]], list[Lesson]] = defaultdict(list)
    for state in sorted(states):
        lesson = _lesson(states[state], min_units)
        if lesson is not None:
            actions = tuple(p.action for p in lesson.helpful)
            groups[state[1], actions].append(lesson)
    joined = [
        Lesson(
            helpful=_clear_needs_first([p for lesson in group for p in lesson.helpful]),
            harmful=_clear_needs_first([p for lesson in group for p in lesson.harmful]),
        )
        for group in groups.values()
    ]
    return sorted(joined, key=lambda row: (-_evidence(row.helpful, first), row.helpful[0].id))


def _lesson(members: Sequence[Prototype], min_units: int) -> Lesson | None:
    """What worked in one state, if enough was seen and anything did."""
    good, bad = sum(p.good for p in members), sum(p.bad for p in members)
    if good + bad < min_units:
        return None
    least = max(1, min_units // 2)
    helpful = [
        p
        for p in members
        if p.good >= max(least, p.bad + 1) and p.good * (good + bad) >= good * (p.good + p.bad)
    ]
    if not helpful:
        return None
    best = sorted(helpful, key=lambda p: (-lower_bound(p.good, p.bad), p.action))
    worst = [p for p in members if p.bad > p.good]
    worst.sort(key=lambda p: (-lower_bound(p.bad, p.good), p.action))
    return Lesson(helpful=tuple(best[:ACTIONS]), harmful=tuple(worst[:ACTIONS]))


def _clear_needs_first(prototypes: Sequence[Prototype]) -> tuple[Prototype, ...]:
    """The most frequent first, but unclear needs last."""
    by_weight = sorted(
        prototypes, key=lambda p: (p.need == NO_NEED, -(p.good + p.bad), p.need, p.action)
    )
    return tuple(by_weight)


def _evidence(prototypes: Sequence[Prototype], first: str) -> float:
    """Good outcomes that speak for a lesson.

    A lesson with an unclear need counts a quarter, except in the first stage, where the need is
    seldom clear and people first have to be heard.
    """
    return sum(p.good / 4 if p.need == NO_NEED and p.stage != first else p.good for p in prototypes)


def lower_bound(hits: int, misses: int) -> float:
    """Lower bound of the share of hits (Wilson, 1927), 95 % two-sided."""
    return stats.binomtest(hits, hits + misses).proportion_ci(method="wilson").low
