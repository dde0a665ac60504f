"""Intervention Units: what a seeker's state was, what was done about it, and what came of it.

Source: ESC-Skills (arXiv 2605.27908): the triple (seeker state, support action, state after).
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from .frozen import Frozen

Need = Literal[
    "praise", "balance", "venting", "side", "advice", "empathy", "reflection", "motives", "unclear"
]
"""What a seeker wants: SAGE's eight hidden intentions (arXiv 2505.02847), or unclear."""

NEEDS: dict[Need, str] = {
    "praise": "sincere praise of something concrete that they did",
    "balance": "a fair look at both sides",
    "venting": "to let it out and be listened to",
    "side": "to hear that they did nothing wrong",
    "advice": "practical help",
    "empathy": "to be deeply understood, not cheered up",
    "reflection": "to be guided to look at themselves",
    "motives": "why the others acted as they did",
    "unclear": "not clear yet",
}
"""Each need in words."""

Phase = Literal["exploration", "insight", "action"]
"""Hill's three-stage helping-skills model (Hill, Helping Skills, 5th ed., 2020)."""

Action = Literal[
    "listening",
    "question",
    "restatement",
    "reflection",
    "affirmation",
    "self-disclosure",
    "interpretation",
    "balanced-view",
    "information",
    "suggestion",
    "other",
]
"""Support actions: ESConv's eight strategies (Liu et al., ACL 2021), with attentive listening,
interpretation and offering a balanced view from Hill's helping skills."""


class SeekerState(Frozen):
    """Where a seeker stands before a supporter speaks."""

    feeling: str
    """The dominant feeling in one or two words."""
    need: Need
    stage: Phase


class ExchangeAnnotation(Frozen):
    """What happened in one exchange of a real dialogue; the words before the verdicts."""

    evidence: str = Field(description="empty if no words show it")
    reaction: int = Field(ge=-2, le=2)
    need: Need
    stage: Phase
    feeling: str = Field(description="before the supporter spoke, in one or two words")
    action: Action
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
    action: Action
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
    need: Need
    stage: Phase
    action: Action
    good: int = Field(ge=0)
    bad: int = Field(ge=0)
    units: tuple[InterventionUnit, ...]
    """A few representative units, the clearest reactions first."""
    unit_ids: tuple[str, ...]
    """Every unit that is counted."""
