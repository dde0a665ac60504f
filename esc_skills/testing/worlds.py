"""What every world must do."""

from statistics import fmean

import pytest

from esc_skills.experiments.bench.worlds import World
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent

WORTHWHILE = 5.0
"""Points that the best bank must truly be worth, for a contest to tell optimizers apart."""


class WorldContract:
    """A world plays, knows the truth, and leaves something to attain.

    Attributes:
        plugin: The class of the world.
    """

    plugin: type[World]

    @pytest.fixture(scope="class")
    def world(self) -> World:
        """The world; one for all tests, since truths may be costly."""
        return self.plugin()

    def test_there_are_seekers_enough_to_split(self, world: World) -> None:
        """Train, validation and test need some each; ids are unique."""
        ids = [profile.id for profile in world.profiles()]
        assert len(ids) >= 6
        assert len(set(ids)) == len(ids)

    def test_truths_are_scores_and_known_without_noise(self, world: World) -> None:
        """In 0..100, and equal for equal questions."""
        bank, seeker = world.first_bank(), world.profiles()[0]
        assert 0 <= world.truth(bank, seeker) <= 100
        assert world.truth(bank, seeker) == world.truth(bank, seeker)
        assert 0 <= world.population_truth(bank) <= 100

    def test_another_instance_knows_the_same_truth(self, world: World) -> None:
        """Contests are played in several processes."""
        bank, seeker = world.first_bank(), world.profiles()[0]
        assert self.plugin().truth(bank, seeker) == world.truth(bank, seeker)

    def test_there_is_something_to_attain(self, world: World) -> None:
        """The best bank is truly better than the first, for the mean seeker."""
        some = world.profiles()[:6]
        first, best = (
            fmean(world.truth(bank, seeker) for seeker in some)
            for bank in (world.first_bank(), world.best_bank())
        )
        assert best > first + WORTHWHILE

    def test_its_engine_plays_whole_dialogues(self, world: World) -> None:
        """Every role is answered in a form that can be read."""
        runner = Runner(Models(engines={"rehearsal": world.engine()}), threads=1)
        pairs = [(profile, 0) for profile in world.profiles()[:2]]
        played = runner.play(SupportAgent(world.first_bank()), pairs)
        runner.close()
        assert [rollout.error for rollout in played if not rollout.valid] == []
