"""What `SkillEvolution` needs of whatever searches for a better bank."""

from collections.abc import Sequence
from typing import Protocol

from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank

from .events import Decision, Event, Measured, Observer
from .settings import EvolutionSettings


class Searching(Protocol):
    """One search, from a first bank to the best one it could find within the budget."""

    @property
    def incumbent(self) -> SupportAgent:
        """Holds the best bank so far; valid at any time, also after the budget has ended."""
        ...

    @property
    def banks(self) -> list[Bank]:
        """Every bank that was ever the incumbent, in order."""
        ...

    @property
    def decisions(self) -> list[Decision]:
        """Every decision so far."""
        ...

    @property
    def measured(self) -> list[Measured]:
        """What was known of the incumbents' levels, in order."""
        ...

    def run(self) -> str:
        """Search until something says stop, or the budget does; returns what did, in words."""
        ...

    def emit(self, event: Event) -> None:
        """Tell every observer."""
        ...


class Strategy(Protocol):
    """Opens a search."""

    def __call__(
        self,
        agent: SupportAgent,
        train: Sequence[Profile],
        validation: Sequence[Profile],
        runner: Runner,
        settings: EvolutionSettings,
        observers: Sequence[Observer] = (),
        /,
    ) -> Searching:
        """A search of the agent's bank; see `Search` for the arguments."""
        ...
