"""Intervention Units: what a seeker's state was, what was done about it, and what came of it.

Source: ESC-Skills (arXiv 2605.27908): the triple (seeker state, support action, state after).
"""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from .frozen import Frozen

NO_NEED = "unclear"
"""Need of a seeker who does not show one yet; every domain has it."""
NO_ACTION = "other"
"""Action of a turn that does nothing which counts, such as a greeting; every domain has it."""


class SeekerState(Frozen):
    """Where a seeker stands before a supporter speaks."""

    feeling: str
    """The dominant feeling in one or two words."""
    need: str
    """A need of the domain, or `unclear`."""
    stage: str
    """A stage of the domain."""


class ExchangeAnnotation(Frozen):
    """What happened in one exchange of a real dialogue; the words before the verdicts.

    Needs, stages and actions are those of the domain (`Domain.stage`).
    """

    evidence: str = Field(description="empty if no words show it")
    reaction: int = Field(ge=-2, le=2)
    need: str
    stage: str
    feeling: str = Field(description="before the supporter spoke, in one or two words")
    action: str
    scenario: str = Field(description="the problem in a few words")

    @property
    def state(self) -> SeekerState:
        """Where the seeker stood."""
        return SeekerState(feeling=self.feeling, need=self.need, stage=self.stage)

    @classmethod
    def completed(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The entries, with those of a `state` that models like to nest."""
        state = given.get("state")
        inner = state if isinstance(state, Mapping) else {}
        beside = {name: value for name, value in given.items() if name != "state" or not inner}
        return {**inner, **beside}


class InterventionUnit(Frozen):
    """(Seeker state, support action, seeker reaction) around one supporter turn."""

    id: str
    """`CONVERSATION:TURN`."""
    scenario: str
    state: SeekerState
    action: str
    reaction: int = Field(ge=-2, le=2)
    seeker_text: str
    action_text: str
    reaction_text: str
    evidence: str = ""

    @property
    def is_key(self) -> bool:
        """Whether the emotion clearly rose or fell."""
        return abs(self.reaction) >= 1


class Prototype(Frozen):
    """Key units with like state and action, with counts of how they turned out."""

    id: str
    need: str
    stage: str
    action: str
    good: int = Field(ge=0)
    bad: int = Field(ge=0)
    units: tuple[InterventionUnit, ...]
    """A few representative units, the clearest reactions first."""
    unit_ids: tuple[str, ...]
    """Every unit that is counted."""
