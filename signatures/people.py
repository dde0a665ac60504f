"""What makes a seeker somebody: traits, a stance towards support, and events that interrupt."""

from typing import Literal, get_args

from pydantic import Field

from .frozen import Frozen
from .protocol import SEEKER_TURNS

Degree = Literal["low", "high"]
Stance = Literal["cooperative", "guarded", "hostile"]
"""How a seeker meets support: takes it up; waits and tests; attacks and doubts."""
STANCES: tuple[Stance, ...] = get_args(Stance)

_SHOWN: dict[str, dict[Degree, str]] = {
    "openness": {
        "low": "down to earth, keeps to what is known",
        "high": "curious, thinks in images, likes new ideas",
    },
    "conscientiousness": {
        "low": "careless, puts things off, loses the thread",
        "high": "orderly, exact, plans ahead",
    },
    "extraversion": {
        "low": "reserved, quiet, waits to be asked",
        "high": "outgoing, talkative, tells unasked",
    },
    "agreeableness": {
        "low": "suspicious, blunt, contradicts",
        "high": "trusting, kind, gives way",
    },
    "neuroticism": {
        "low": "calm, hard to upset",
        "high": "anxious, easily upset, swings from one mood to another",
    },
}
"""How each end of a trait shows (Goldberg, 1992, markers of the Big-Five factor structure)."""
_STANCES: dict[Stance, str] = {
    "cooperative": "They want help, take up what is offered and say whether it fits.",
    "guarded": (
        "They wait and test. Their mood rises only where a reply really fits, never for kind "
        "words alone."
    ),
    "hostile": (
        "They did not want to come, doubt every word and attack. Silence, praise, comfort and "
        "agreement never lift their mood; only help that meets what they hope for does, slowly."
    ),
}


class BigFive(Frozen):
    """The five traits of personality; one that is not marked is None."""

    openness: Degree | None = None
    conscientiousness: Degree | None = None
    extraversion: Degree | None = None
    agreeableness: Degree | None = None
    neuroticism: Degree | None = None

    @property
    def marked(self) -> dict[str, Degree]:
        """The traits that stand out, by name."""
        return {name: degree for name, degree in self if degree is not None}

    @property
    def text(self) -> str:
        """The traits as the seeker's model reads them; empty if none is marked."""
        shown = [f"{name} {d} ({_SHOWN[name][d]})" for name, d in self.marked.items()]
        return f"Traits, which show in how they talk: {'; '.join(shown)}." if shown else ""


TRAITS: tuple[str, ...] = tuple(BigFive.model_fields)


class Event(Frozen):
    """Something that happens around the seeker in the middle of the conversation."""

    turn: int = Field(ge=2, le=SEEKER_TURNS)
    """Number of the seeker's turn in which it is taken up; the opening line is turn 1."""
    text: str = Field(min_length=1)
    """What happens, as a narrator says it to the seeker alone."""


def stance_text(stance: Stance) -> str:
    """A stance as the seeker's model reads it."""
    return f"Stance: {stance}. {_STANCES[stance]}"
