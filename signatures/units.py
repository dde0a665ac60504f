"""Intervention Units: what a seeker's state was, what was done about it, and what came of it.

Source: ESC-Skills (arXiv 2605.27908): the triple (seeker state, support action, state after).
"""

from typing import Literal

from pydantic import Field

from .frozen import Frozen

Need = Literal[
    "praise", "balance", "venting", "side", "advice", "empathy", "reflection", "motives", "unclear"
]
"""What a seeker wants: SAGE's eight hidden intentions (arXiv 2505.02847), or unclear.

praise: sincere praise of a concrete act; balance: both sides of what happened; venting: to be
listened to; side: agreement that they did nothing wrong; advice: practical help; empathy: deep
understanding rather than comfort; reflection: guided self-reflection; motives: why others acted so.
"""

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

    feeling: str = Field(description="The dominant feeling in one or two words.")
    need: Need
    stage: Phase


class ExchangeAnnotation(Frozen):
    """The four dimensions on which an exchange of a real dialogue is annotated."""

    scenario: str = Field(description="The problem in a few words.")
    state: SeekerState = Field(description="Before the supporter spoke.")
    action: Action = Field(description="The main thing that the supporter's turn does.")
    evidence: str = Field(
        description="Words of the seeker's reaction that show the change; empty if none do."
    )
    reaction: int = Field(
        ge=-2,
        le=2,
        description="Change of the seeker's emotion or openness after the turn: "
        "-2 clearly worse, -1 somewhat worse, 0 no visible change, 1 somewhat better, "
        "2 clearly better.",
    )


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
