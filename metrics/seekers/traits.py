"""Whether a person's traits show: a judge names them blind, from what was said alone."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

import dspy

from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.judging.traits import NameTraits, TraitReadings
from esc_skills.signatures.people import TRAITS, BigFive
from esc_skills.signatures.rollouts import Rollout

from ..evidence.statistics import Interval, clustered_interval
from ..judges.reading import said

Named = Literal["low", "middle", "high"]
ALL = "all traits"


class TraitReader(dspy.Module):
    """Names the five traits of the seeker of a dialogue with the judge's model."""

    def __init__(self) -> None:
        super().__init__()
        self.read = RolePredict(NameTraits, role="judge")

    def forward(self, rollout: Rollout) -> dspy.Prediction:
        """Read one dialogue.

        Returns:
            A prediction with `named`: low, middle or high by trait.

        Raises:
            DialogueError: The judge failed, or nothing was answered.
        """
        found: TraitReadings = self.read(dialogue=said(rollout)).traits
        return dspy.Prediction(named={name: getattr(found, name).degree for name in TRAITS})


class NamedTraits(Frozen):
    """The traits of one seeker, and what a judge named in one dialogue."""

    profile: str
    marked: BigFive
    named: Mapping[str, Named]


class Recognition(Frozen):
    """How often a marked trait was named rightly."""

    trait: str
    cells: int
    """Marked traits that were read."""
    share: Interval
    """Share named rightly, with its 95% interval by seeker."""
    chance: float
    """Share that the same names would hit if they were dealt to the seekers at random."""


def recognition(rows: Sequence[NamedTraits]) -> tuple[Recognition, ...]:
    """How often traits are recognized, by trait and in all; empty where none is marked.

    Chance is the agreement expected of independent readings with these margins (Cohen, A
    coefficient of agreement for nominal scales, 1960): a judge who always says the same is no
    better than it.
    """
    found: list[Recognition] = []
    hits: dict[str, defaultdict[str, list[float]]] = {}
    chances: dict[str, float] = {}
    for trait in TRAITS:
        cells = [(row, row.marked.marked[trait]) for row in rows if trait in row.marked.marked]
        if not cells:
            continue
        by_profile: defaultdict[str, list[float]] = defaultdict(list)
        for row, degree in cells:
            by_profile[row.profile].append(float(row.named[trait] == degree))
        hits[trait] = by_profile
        named = Counter(row.named[trait] for row, _ in cells)
        marked = Counter(degree for _, degree in cells)
        count = len(cells)
        chances[trait] = sum(named[end] * marked[end] for end in ("low", "high")) / count**2
        found.append(_recognition(trait, by_profile, chances[trait]))
    if not found:
        return ()
    joined: defaultdict[str, list[float]] = defaultdict(list)
    for by_profile in hits.values():
        for profile, values in by_profile.items():
            joined[profile] += values
    cells_all = sum(row.cells for row in found)
    chance = sum(row.cells * row.chance for row in found) / cells_all
    return (*found, _recognition(ALL, joined, chance))


def _recognition(trait: str, by_profile: Mapping[str, list[float]], chance: float) -> Recognition:
    return Recognition(
        trait=trait,
        cells=sum(map(len, by_profile.values())),
        share=clustered_interval(by_profile, (0, 1), unseen=0.5),
        chance=chance,
    )
