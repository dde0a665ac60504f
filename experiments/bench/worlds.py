"""Worlds in which optimizers compete: an engine that plays, and the truth about any bank.

To bring your own, write a class with the members of `Arena` and name it as `module:Class`.
"""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank, Skill

from ..errors import UserError
from ..files.banks import read_bank
from ..files.profiles import SAMPLE_DRAFTS, SAMPLE_PROFILES, read_profiles
from ..rehearsal.engine import RehearsalEngine
from ..rehearsal.needs import CORE_MOVE, NEEDS
from ..rehearsal.skill_texts import write_guidance, write_when
from ..rehearsal.truth import true_score
from ..rehearsal.world import World

DIALOGUES = 60
"""Dialogues a profile from which the truth is computed, on the same noise for every bank."""
OTHERS, DIALOGUES_EACH = 5, 4
"""Further people for each profile, and dialogues with each, for the truth about the population: a
standard error of some two points, over 24 profiles, of a gain."""


class Arena(Protocol):
    """A world to compete in."""

    def profiles(self) -> Sequence[Profile]:
        """The seekers; the contest splits them into train, validation and test."""
        ...

    def first_bank(self) -> Bank:
        """Where every optimizer starts."""
        ...

    def best_bank(self) -> Bank:
        """A bank that an expert who knows the world would write: what can be attained."""
        ...

    def engine(self) -> object:
        """A DSPy engine that answers every role's prompts."""
        ...

    def truth(self, bank: Bank, profile: Profile) -> float:
        """Expected true final emotion of the seeker, 0..100, without noise."""
        ...

    def population_truth(self, bank: Bank) -> float:
        """The same over all seekers like `profiles()`, of whom those are a sample.

        It is what the interval of a sealed test speaks about; many seekers that no contest uses
        give it best.
        """
        ...


class RehearsalArena:
    """The rehearsal with some parameters.

    Args:
        world: Its parameters.
        needs: How many of the hidden needs occur.
    """

    def __init__(self, world: World | None = None, needs: int = len(NEEDS)) -> None:
        self.world = world or World()
        self.needs = needs
        self._known: dict[tuple[str, str], float] = {}

    @cache  # noqa: B019 - an arena lives as long as the contest
    def profiles(self) -> Sequence[Profile]:
        """The packaged seekers that have one of the needs."""
        found = read_profiles([SAMPLE_PROFILES])
        groups = sorted({profile.group for profile in found})[: self.needs]
        return [profile for profile in found if profile.group in groups]

    @cache  # noqa: B019 - an arena lives as long as the contest
    def first_bank(self) -> Bank:
        """Three drafts of a well-meaning beginner."""
        return read_bank(SAMPLE_DRAFTS)

    @cache  # noqa: B019 - an arena lives as long as the contest
    def best_bank(self) -> Bank:
        """One skill to hear people out and one for every need, in the world's clearest words."""
        import random

        rng = random.Random(0)
        opening = Skill(
            name="hear-them-out",
            when_to_use=write_when("venting", "exploration", rng),
            guidance=write_guidance(["listening", "reflection"], rng),
        )
        later = tuple(
            Skill(
                name=f"then-{need}",
                when_to_use=write_when(need, "core", rng),
                guidance=write_guidance([CORE_MOVE[need]], rng),
            )
            for need in NEEDS
        )
        return Bank(skills=(opening, *later))

    def engine(self) -> object:
        """The rehearsal engine of this world."""
        return RehearsalEngine(self.world)

    def truth(self, bank: Bank, profile: Profile) -> float:
        """Mean of many direct simulations."""
        key = (bank.identity, profile.id)
        if key not in self._known:
            self._known[key] = 100 * true_score(bank, [profile], self._honest, DIALOGUES)
        return self._known[key]

    def population_truth(self, bank: Bank) -> float:
        """Mean over other people with the same scenes and needs: a persona is a person's seed."""
        key = (bank.identity, "population")
        if key not in self._known:
            others = [
                profile.model_copy(
                    update={
                        "id": f"{profile.id} {number}",
                        "persona": f"{profile.persona} ({number})",
                    }
                )
                for profile in self.profiles()
                for number in range(OTHERS)
            ]
            self._known[key] = 100 * true_score(bank, others, self._honest, DIALOGUES_EACH)
        return self._known[key]

    @property
    def _honest(self) -> World:
        """The world as the person feels it; flattery moves the judge only."""
        return self.world.model_copy(update={"flattery": 0.0})


ARENAS: dict[str, tuple[str, World, int]] = {
    "default": ("as measured on SAGE's transcripts", World(), len(NEEDS)),
    "noisy": (
        "replies matter less, people differ more",
        World(fit_weight=0.6, person_spread=0.9),
        8,
    ),
    "few-needs": ("three hidden needs instead of eight", World(), 3),
    "bad-advice": (
        "three proposals in four are useless or harmful",
        World(useless=0.4, harmful=0.3, unsafe=0.05),
        len(NEEDS),
    ),
    "coupled": (
        "equal seeds give equal noise to different prompts too, as no model does",
        World(couples_prompts=True),
        len(NEEDS),
    ),
    "unseeded": ("the models ignore seeds", World(honours_seeds=False), len(NEEDS)),
    "deceptive": ("flattery pleases the judge, not the person", World(flattery=4.0), len(NEEDS)),
}
"""What is packaged: name to (how it differs, parameters, needs)."""


@cache
def load_arena(name: str) -> Arena:
    """A packaged arena, or that of a plug-in `module:Class`.

    Raises:
        UserError: There is none of that name.
    """
    if name in ARENAS:
        _, world, needs = ARENAS[name]
        return RehearsalArena(world, needs)
    module, _, kind = name.partition(":")
    if not kind:
        raise UserError(
            f"there is no world {name!r}. Known: {', '.join(ARENAS)}; or give module:Class."
        )
    try:
        return getattr(import_module(module), kind)()
    except (ImportError, AttributeError) as error:
        raise UserError(f"the world {name!r} must be an importable class, but: {error}.") from error
