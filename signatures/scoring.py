"""How a dialogue is scored: the seeker's mood, and what else a domain counts."""

from collections.abc import Iterable
from typing import Self

from pydantic import Field, model_validator

from .frozen import Frozen
from .profiles import Profile
from .protocol import EMOTION_START, FAILURE_UNDER, SEEKER_TURNS, SUCCESS_AT


class Standing(Frozen):
    """How far a dialogue has come whose score counts more than the seeker's mood."""

    mood: int = Field(ge=0, le=SUCCESS_AT)
    """The seeker's emotion, in points."""
    told: tuple[int, ...] = ()
    """Numbers of the profile's facts that were asked for and so are told."""
    stepped: bool = False
    """Whether the right next step was proposed, and not too early."""


class ScoreRule(Frozen):
    """The score in points, 0..100, and when a dialogue ends.

    The score is the mood's share of 100 points, `facts` in proportion to the facts that were told,
    and `next_step` once the right step is proposed after enough of them. What a profile does not
    have is added to the mood's share. Without either the score is the mood, as in SAGE.
    """

    facts: int = Field(default=0, ge=0, le=100)
    """Points for all facts that a profile `knows`."""
    next_step: int = Field(default=0, ge=0, le=100)
    """Points for the profile's `next_step`."""
    after: float = Field(default=0.5, ge=0, le=1)
    """Share of the facts that must be told before a next step counts."""
    start: int = Field(default=EMOTION_START, ge=0, lt=SUCCESS_AT)
    """Mood at the start."""
    leaves_under: int = Field(default=FAILURE_UNDER, ge=0, le=SUCCESS_AT)
    """Mood under which the seeker leaves; the dialogue has failed."""
    turns: int = Field(default=SEEKER_TURNS, ge=2, le=SEEKER_TURNS)
    """Seeker turns of a whole dialogue."""

    @model_validator(mode="after")
    def _points_are_shares(self) -> Self:
        if self.facts + self.next_step > SUCCESS_AT:
            raise ValueError(f"facts and next_step must sum to at most {SUCCESS_AT}")
        return self

    def counts_more_than_mood(self, profile: Profile) -> bool:
        """Whether the score of a dialogue with this seeker is not the mood alone."""
        return bool((self.facts and profile.knows) or (self.next_step and profile.next_step))

    def moved(
        self,
        before: Standing,
        profile: Profile,
        change: int,
        told: Iterable[int] = (),
        *,
        stepped: bool = False,
    ) -> Standing:
        """The standing after a reply.

        Args:
            before: The standing before it.
            profile: The seeker.
            change: Change of the mood.
            told: Numbers of the facts that the reply gets told; unknown ones are passed over.
            stepped: Whether it proposes the right next step.
        """
        mood = max(0, min(SUCCESS_AT, before.mood + change))
        known = {number for number in told if 0 <= number < len(profile.knows)}
        in_time = len(before.told) >= self.after * len(profile.knows)
        return Standing(
            mood=mood,
            told=tuple(sorted({*before.told, *known})),
            stepped=before.stepped or (stepped and in_time),
        )

    def points(self, standing: Standing, profile: Profile) -> int:
        """The score of a standing, in points."""
        facts = self.facts if profile.knows else 0
        step = self.next_step if profile.next_step else 0
        found = facts * len(standing.told) / max(1, len(profile.knows))
        share = (SUCCESS_AT - facts - step) / SUCCESS_AT
        return round(share * standing.mood + found + step * standing.stepped)
