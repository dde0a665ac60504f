"""Worlds in which optimizers compete: an engine that plays, and the truth about any bank.

To bring your own, write a class with the members of `World` whose instances are made without
arguments, and name it as `module:Class`.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from esc_skills.programs.registry import Registry

if TYPE_CHECKING:
    from esc_skills.signatures.profiles import Profile
    from esc_skills.signatures.skills import Bank


class World(Protocol):
    """A world to compete in."""

    def profiles(self) -> "Sequence[Profile]":
        """The seekers; the contest splits them into train, validation and test."""
        ...

    def first_bank(self) -> "Bank":
        """Where every optimizer starts."""
        ...

    def best_bank(self) -> "Bank":
        """A bank that an expert who knows the world would write: what can be attained."""
        ...

    def engine(self) -> object:
        """A DSPy engine that answers every role's prompts."""
        ...

    def truth(self, bank: "Bank", profile: "Profile") -> float:
        """Expected true final emotion of the seeker, 0..100, without noise."""
        ...

    def population_truth(self, bank: "Bank") -> float:
        """The same over all seekers like `profiles()`, of whom those are a sample.

        It is what the interval of a sealed test speaks about; many seekers that no contest uses
        give it best.
        """
        ...


FAMILIES = {
    "plain": "Plain",
    "history": "History",
    "later": "Later",
    "reversed": "Reversed",
    "taste": "Taste",
    "tails": "Tails",
    "chained": "Chained",
    "few-ideas": "FewIdeas",
    "drifting": "Drifting",
    "many-needs": "ManyNeeds",
    "nothing": "Nothing",
}
"""The families of worlds (`families.catalogue`): a name and its class, to tune on. Each has another
one that is reported, `NAME-reported`."""

WORLDS: "Registry[Callable[[], World]]" = Registry(
    "world",
    {
        "default": "esc_skills.experiments.bench.rehearsal_worlds:RehearsalWorld",
        "noisy": "esc_skills.experiments.bench.rehearsal_worlds:Noisy",
        "few-needs": "esc_skills.experiments.bench.rehearsal_worlds:FewNeeds",
        "bad-advice": "esc_skills.experiments.bench.rehearsal_worlds:BadAdvice",
        "coupled": "esc_skills.experiments.bench.rehearsal_worlds:Coupled",
        "unseeded": "esc_skills.experiments.bench.rehearsal_worlds:Unseeded",
        "real-habits": "esc_skills.experiments.bench.rehearsal_worlds:RealHabits",
        "deceptive": "esc_skills.experiments.bench.rehearsal_worlds:Deceptive",
        "deceptive-reported": "esc_skills.experiments.bench.rehearsal_worlds:DeceptiveReported",
        **{
            f"{name}{half.lower()}": (
                f"esc_skills.experiments.bench.families.catalogue:{kind}{half.removeprefix('-')}"
            )
            for name, kind in FAMILIES.items()
            for half in ("", "-Reported")
        },
    },
    requires=("profiles", "first_bank", "best_bank", "engine", "truth", "population_truth"),
)
"""Classes of worlds."""
