"""How a simulated seeker talks: a few numbers that calibration sets from real dialogues.

From them a plan is drawn for each turn, which the speaking seeker is told.
"""

import math
import random
import re

from pydantic import Field

from .frozen import Frozen
from .protocol import SEEKER_TURNS

_SHARES = ("openness", "questions", "resistance", "gratitude")
_PERSONAL = ("words", *_SHARES)


class SeekerBehaviour(Frozen):
    """Habits of speech of people, or of one person."""

    words: int = Field(default=18, ge=2, le=120)
    """Words of a turn, on average."""
    warming: float = Field(default=0.0, ge=-1, le=1)
    """How turns grow: (1 - warming) times the words in the first, (1 + warming) in the tenth."""
    openness: float = Field(default=0.5, ge=0, le=1)
    """Share of turns that let a new detail of the story out."""
    questions: float = Field(default=0.2, ge=0, le=1)
    """Share of turns that ask something."""
    resistance: float = Field(default=0.2, ge=0, le=1)
    """Share of turns that push back on what the supporter said."""
    gratitude: float = Field(default=0.1, ge=0, le=1)
    """Share of turns that say thanks."""
    patience: int = Field(default=SEEKER_TURNS, ge=3, le=SEEKER_TURNS)
    """Turns after which the seeker takes leave, whatever the mood; 10 is the protocol's end."""

    individuality: float = Field(default=0.0, ge=0, le=1)
    """How much people differ: standard deviation of the logarithm of each habit between them."""

    def individual(self, person: str) -> "SeekerBehaviour":
        """The habits of one person, always the same ones; their medians over people are these."""
        rng = random.Random(f"habits of {person}")
        factors = {name: math.exp(self.individuality * rng.gauss(0, 1)) for name in _PERSONAL}
        shares = {name: min(1.0, getattr(self, name) * factors[name]) for name in _SHARES}
        words = min(120, max(2, round(self.words * factors["words"])))
        return self.model_copy(update={**shares, "words": words, "individuality": 0.0})

    def words_at(self, turn: int) -> float:
        """Words of a turn, by its place from 0: from first to last in equal steps."""
        share = min(turn, SEEKER_TURNS - 1) / (SEEKER_TURNS - 1)
        return self.words * (1 + self.warming * (2 * share - 1))

    def plan(self, turn: int, rng: random.Random) -> "TurnPlan":
        """What one turn is to be like: drawn here, since no model can keep to shares.

        Args:
            turn: Its place, from 0.
            rng: Draws; lengths are as skewed as those of real turns.
        """
        mean = max(1.0, self.words_at(turn))
        return TurnPlan(
            words=max(1, round(rng.gammavariate(2, mean / 2))),
            detail=rng.random() < self.openness,
            asks=rng.random() < self.questions,
            objects=rng.random() < self.resistance,
            thanks=rng.random() < self.gratitude,
            leaves=self.patience < SEEKER_TURNS and turn + 1 >= self.patience,
        )


class TurnPlan(Frozen):
    """What one turn of a seeker with habits is to be like."""

    words: int = Field(ge=1)
    detail: bool
    """Whether it lets a new detail of the story out."""
    asks: bool
    objects: bool
    """Whether it pushes back on what the supporter said."""
    thanks: bool
    leaves: bool
    """Whether the seeker takes leave, whatever the mood."""

    @property
    def text(self) -> str:
        """The plan as the seeker's model reads it."""
        parts = [f"About {self.words} words."]
        parts += [_SAID[name][getattr(self, name)] for name in _SAID]
        return " ".join(part for part in parts if part)


_SAID = {
    "detail": ("Tell nothing new.", "Tell one new detail."),
    "asks": ("Ask nothing.", "Ask something."),
    "objects": ("", "Push back on what was said."),
    "thanks": ("", "Say thanks."),
    "leaves": ("", "Take your leave, whatever your mood."),
}
"""Of each trait of a plan: what the model reads without it, and with it."""
_WORDS = re.compile(r"About (\d+) words\.")


def plan_in(text: str) -> TurnPlan | None:
    """The plan that a text tells of; None if of none."""
    found = _WORDS.search(text)
    if found is None:
        return None
    traits = {name: said in text for name, (_, said) in _SAID.items()}
    return TurnPlan(words=int(found[1]), **traits)
