"""Simulated seekers: the persona, the scene, and the intention they keep to themselves."""

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from .behaviour import SeekerBehaviour
from .dialogue import Language
from .frozen import Frozen
from .people import BigFive, Event, Stance, stance_text

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
    traits: BigFive | tuple[str, ...] = ()
    """Big-Five traits, which the seeker plays; or words by which the persona was written, which
    tells them itself."""
    stance: Stance | None = None
    """How the seeker meets support; None leaves it to persona and scene."""
    events: tuple[Event, ...] = ()
    """What interrupts the conversation, at most once a turn."""
    knows: tuple[Text, ...] = ()
    """Facts that the seeker can tell where asked, each a sentence about the seeker."""
    cannot_know: tuple[Text, ...] = ()
    """What the seeker has no way of knowing, each a noun phrase; asked for it, they say so."""
    next_step: str = ""
    """What should be proposed to the seeker in the end, where the domain counts that; only the
    appraiser knows it."""
    opening: Text
    """The first line of every dialogue with this seeker."""
    language: Language = "en"
    group: str = ""
    """Label by which results are broken down; the character where it is not given."""

    behaviour: SeekerBehaviour | None = None
    """Habits of speech; None leaves them to the persona and the model."""

    @property
    def nature(self) -> str:
        """The persona with traits and stance: what feels, and so what the appraiser is told."""
        parts = [self.persona]
        if isinstance(self.traits, BigFive) and self.traits.text:
            parts.append(self.traits.text)
        if self.stance is not None:
            parts.append(stance_text(self.stance))
        return "\n".join(parts)

    @property
    def portrait(self) -> str:
        """The nature with what this person knows: what the speaking seeker is told."""
        parts = [self.nature]
        if self.knows:
            parts.append(f"What they can tell if asked: {' '.join(self.knows)}")
        if self.cannot_know:
            parts.append(
                f"What they do not know, and say so if asked: {'; '.join(self.cannot_know)}."
            )
        return "\n".join(parts)

    def event_at(self, turn: int) -> str:
        """What happens just before the seeker's turn of that number, from 1; empty if nothing."""
        return next((event.text for event in self.events if event.turn == turn), "")

    @model_validator(mode="after")
    def _group_defaults_to_character(self) -> Self:
        if not self.group:
            object.__setattr__(self, "group", self.character)
        return self
