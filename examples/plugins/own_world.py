"""A world to compare optimizers in: the rehearsal's, with people who are hard to please."""

from esc_skills.experiments import RehearsalWorld, WorldParameters


class Stubborn(RehearsalWorld):
    """People who are hard to please."""

    parameters = WorldParameters(person_spread=1.2)
    needs = 2
