"""The packaged worlds: the rehearsal with different parameters."""

from collections.abc import Sequence
from functools import cache

from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank, Skill

from ..files.banks import read_bank
from ..files.profiles import SAMPLE_DRAFTS, SAMPLE_PROFILES, read_profiles
from ..rehearsal.engine import RehearsalEngine
from ..rehearsal.script import script
from ..rehearsal.skill_texts import write_guidance, write_when
from ..rehearsal.truth import true_score
from ..rehearsal.world import WorldParameters

DIALOGUES = 60
"""Dialogues a profile from which the truth is computed, on the same noise for every bank."""
OTHERS, DIALOGUES_EACH = 5, 4
"""Further people for each profile, and dialogues with each, for the truth about the population: a
standard error of some two points, over 24 profiles, of a gain."""


class RehearsalWorld:
    """The rehearsal as measured on SAGE's transcripts.

    Args:
        parameters: Other parameters than those of the class.
        needs: Another number of hidden needs that occur, 1..8.
    """

    parameters = WorldParameters()
    needs = len(script().needs)

    def __init__(self, parameters: WorldParameters | None = None, needs: int | None = None) -> None:
        self.parameters = parameters or self.parameters
        self.needs = needs or self.needs
        self._known: dict[tuple[str, str], float] = {}

    @cache  # noqa: B019 - a world lives as long as the contest
    def profiles(self) -> Sequence[Profile]:
        """The packaged seekers that have one of the needs."""
        found = read_profiles([SAMPLE_PROFILES])
        groups = sorted({profile.group for profile in found})[: self.needs]
        return [profile for profile in found if profile.group in groups]

    @cache  # noqa: B019 - a world lives as long as the contest
    def first_bank(self) -> Bank:
        """Three drafts of a well-meaning beginner."""
        return read_bank(SAMPLE_DRAFTS)

    @cache  # noqa: B019 - a world lives as long as the contest
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
                guidance=write_guidance([script().core_moves[need]], rng),
            )
            for need in script().needs
        )
        return Bank(skills=(opening, *later))

    def engine(self) -> object:
        """The rehearsal engine of this world."""
        return RehearsalEngine(self.parameters)

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
    def _honest(self) -> WorldParameters:
        """The world as the person feels it; flattery moves the judge only."""
        return self.parameters.model_copy(update={"flattery": 0.0})


class Noisy(RehearsalWorld):
    """Replies matter less, people differ more."""

    parameters = WorldParameters(fit_weight=0.6, person_spread=0.9)


class FewNeeds(RehearsalWorld):
    """Three hidden needs instead of eight."""

    needs = 3


class BadAdvice(RehearsalWorld):
    """Three proposals in four are useless or harmful."""

    parameters = WorldParameters(useless=0.4, harmful=0.3, unsafe=0.05)


class Coupled(RehearsalWorld):
    """Equal seeds give equal noise to different prompts too, as no model does."""

    parameters = WorldParameters(couples_prompts=True)


class Unseeded(RehearsalWorld):
    """The models ignore seeds."""

    parameters = WorldParameters(honours_seeds=False)


class RealHabits(RehearsalWorld):
    """The models answer as real ones do: odd forms, long-winded texts, slips of every kind."""

    parameters = WorldParameters(realism=0.5)


class Deceptive(RehearsalWorld):
    """Flattery pleases the judge, not the person."""

    parameters = WorldParameters(flattery=4.0)


class DeceptiveReported(RehearsalWorld):
    """As `deceptive`, a little less so, and noisier."""

    parameters = WorldParameters(flattery=3.0, person_spread=0.7)
