"""Whom accepted edits harm: validation seekers, test seekers, or the population.

An edit can help the eight validation seekers, and people at large, and still cost the eight test
seekers something: so few differ from the many by a few points. What the test alone shows as harm is
therefore more than any search could avoid; this tells the two apart.
"""

from collections.abc import Callable, Sequence
from itertools import chain, pairwise
from typing import Literal, NamedTuple

from rich.table import Table

from esc_skills.optimizers.events import Result
from esc_skills.programs.work import Processes
from esc_skills.signatures.edits import RemoveSkill, apply_edit
from esc_skills.signatures.skills import Bank, Skill

from ..show.tables import table_of
from .match import NOTHING, Entry, run_match, truth_for
from .summary import OURS

CALLS, SEEDS = 8_000, 20
EffectKind = Literal["accepted edits", "new skills in the final bank"]
EDITS: EffectKind = "accepted edits"
SKILLS: EffectKind = "new skills in the final bank"


class TrueEffect(NamedTuple):
    """True gain of an edit, in points; for a skill, what the bank would lose without it."""

    kind: EffectKind
    validation: float
    test: float
    everybody: float
    """Over the population of seekers like those of the world."""


_COUNTS: dict[str, Callable[[TrueEffect], bool]] = {
    "harm validation": lambda effect: effect.validation < -NOTHING,
    "harm test": lambda effect: effect.test < -NOTHING,
    "harm everybody": lambda effect: effect.everybody < -NOTHING,
    "help everybody, harm test": lambda effect: (
        effect.test < -NOTHING and effect.everybody > NOTHING
    ),
}


def harm(calls: int = CALLS, seeds: int = SEEDS, processes: int = 2) -> Table:
    """How many edits and skills of ESC-Skills lose more than a point, and with which seekers."""
    entries = [
        Entry(world="default", optimizer=OURS, calls=calls, seed=seed) for seed in range(seeds)
    ]
    with Processes(processes) as work:
        found = list(chain.from_iterable(work.map(true_effects, entries)))
    rows = (
        (kind, *map(str, counts([effect for effect in found if effect.kind == kind])))
        for kind in (EDITS, SKILLS)
    )
    title = f"What does harm (over {NOTHING:g} point): {calls:,} calls, {seeds} seeds"
    return table_of(title, ("what", "how many", *_COUNTS), rows)


def counts(found: Sequence[TrueEffect]) -> tuple[int, ...]:
    """One row: the number of edits, and how many of them meet each column."""
    return (len(found), *(sum(map(holds, found)) for holds in _COUNTS.values()))


def true_effects(entry: Entry) -> list[TrueEffect]:
    """True effects of the edits accepted in a match, and of the new skills in its final bank."""
    world, split, result, _ = run_match(entry)

    def effect(kind: EffectKind, after: Bank, before: Bank) -> TrueEffect:
        return TrueEffect(
            kind,
            truth_for(world, after, split.validation) - truth_for(world, before, split.validation),
            truth_for(world, after, split.test) - truth_for(world, before, split.test),
            world.population_truth(after) - world.population_truth(before),
        )

    banks = [result.first, *(d.bank for d in result.decisions if d.accepted)]
    edits = [effect(EDITS, after, before) for before, after in pairwise(banks)]
    rest = [
        apply_edit(result.final, RemoveSkill(name=skill.name, reason="to see what it is worth"))
        for skill in result.final.skills
        if _new(skill, result)
    ]
    return edits + [effect(SKILLS, result.final, before) for before in rest]


def _new(skill: Skill, result: Result) -> bool:
    """Whether the search has added or changed it."""
    former = result.first.get(skill.name)
    return former is None or former.texts != skill.texts
