"""One dialogue with simulator, supporter and seeker, which identify its score."""

from .frozen import Frozen
from .profiles import Profile
from .rollouts import Rollout


class Transcript(Frozen):
    """One simulated dialogue: who played whom, and what happened."""

    simulator: str
    """Model that played the seeker; part of a score's name, since levels differ between them."""
    supporter: str
    """What was scored: a model, or a bank of skills."""
    profile: Profile | None
    """The seeker with its private texts; None where they are not at hand."""
    rollout: Rollout

    @property
    def character(self) -> str:
        """Family of temperaments of the seeker."""
        return "unknown" if self.profile is None else self.profile.character

    @property
    def intention(self) -> str:
        """What the seeker wants and does not say, as a label: the group of its profile."""
        return self.rollout.group if self.profile is None else self.profile.group
