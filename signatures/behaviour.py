"""How a simulated seeker talks: a few numbers that calibration sets from real dialogues."""

import math
import random
import re

from pydantic import Field

from .frozen import Frozen
from .protocol import SEEKER_TURNS

_SHARES = ("openness", "questions", "resistance", "gratitude")
_PERSONAL = ("words", *_SHARES)


class SeekerBehaviour(Frozen):
    """Habits of speech of people, or of one person; rendered into the speaking seeker's prompt."""

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

    @property
    def text(self) -> str:
        """The habits as the seeker's model reads them; static, so that a prefix cache serves it."""
        return (
            f"How they talk, whatever is said of length elsewhere: about {self.words} words a "
            f"turn, {self.words_at(0):.0f} at first and {self.words_at(SEEKER_TURNS):.0f} in the "
            f"end. {self.openness:.0%} of their turns let a new detail out, {self.questions:.0%} "
            f"ask something, {self.resistance:.0%} push back on what was said, "
            f"{self.gratitude:.0%} say thanks. They take their leave after {self.patience} turns."
        )


_TEXT = re.compile(
    r"about (\d+) words a turn, (\d+) at first and (\d+) in the end\. "
    r"(\d+)% of their turns let a new detail out, (\d+)% ask something, "
    r"(\d+)% push back on what was said, (\d+)% say thanks\. They take their leave after (\d+)"
)


def behaviour_in(text: str) -> SeekerBehaviour | None:
    """The habits that a rendered persona tells of, to whole percents and words; None if of none."""
    found = _TEXT.search(text)
    if found is None:
        return None
    words, early, late, *percents, patience = map(int, found.groups())
    openness, questions, resistance, gratitude = (percent / 100 for percent in percents)
    return SeekerBehaviour(
        words=words,
        warming=max(-1.0, min(1.0, (late - early) / (2 * words))),
        openness=openness,
        questions=questions,
        resistance=resistance,
        gratitude=gratitude,
        patience=patience,
    )
