"""Simulated seekers: the persona, the scene, and the intention they keep to themselves."""

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from .behaviour import SeekerBehaviour
from .dialogue import Language
from .frozen import Frozen

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Profile(Frozen):
    """One simulated seeker. Everything but the opening line is private to the seeker and its judge.

    Source: SAGE (arXiv 2505.02847), section 3: persona, dialogue background, hidden intention.
    """

    id: Text
    persona: Text
    scene: Text
    """The events, the conflict, what was tried, and which replies raise or lower the emotion."""
    topic: str = ""
    hidden_intention: Text
    """What the seeker wants from this conversation and does not say."""
    character: Text
    """Family of temperaments, e.g. negative, passive, avoidant."""
    traits: tuple[str, ...] = ()
    opening: Text
    """The first line of every dialogue with this seeker."""
    language: Language = "en"
    group: str = ""
    """Label by which results are broken down; the character where it is not given."""

    behaviour: SeekerBehaviour | None = None
    """Habits of speech; None leaves them to the persona and the model."""

    @property
    def portrait(self) -> str:
        """The persona with how this person talks: what the speaking seeker is told."""
        if self.behaviour is None:
            return self.persona
        return f"{self.persona}\n{self.behaviour.individual(self.id).text}"

    @model_validator(mode="after")
    def _group_defaults_to_character(self) -> Self:
        if not self.group:
            object.__setattr__(self, "group", self.character)
        return self
