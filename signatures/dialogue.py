"""Recorded dialogues: who said what to whom, and how the conversation went."""

from typing import Literal

from pydantic import Field

from .frozen import Frozen
from .prompt_text import indented
from .wording import worded

Speaker = Literal["seeker", "supporter"]
Language = Literal["en", "zh"]


class Turn(Frozen):
    """One utterance."""

    speaker: Speaker
    text: str
    strategy: str | None = None
    """Support strategy that the corpus labels a supporter turn with."""
    feedback: int | None = Field(default=None, ge=1, le=5)
    """How helpful the seeker said the support was, 1..5, where the corpus asked."""

    @property
    def shown(self) -> str:
        """The words as a line of a transcript, without what the corpus says of them."""
        return f"{worded(self.speaker.capitalize())}: {indented(self.text)}"


class Chat(Frozen):
    """A conversation in which the model is the supporter: it reads it as native chat turns."""

    turns: tuple[Turn, ...]
    """What was said, oldest first; the last turn is the seeker's."""

    @property
    def shown(self) -> str:
        """The conversation as a transcript, for demonstrations and for people."""
        return "\n".join(turn.shown for turn in self.turns)


class Conversation(Frozen):
    """One real support conversation of a corpus, successful or failed."""

    id: str
    """Where it came from: `FILE#RECORD`."""
    outcome: Literal["success", "failure", "unknown"] = "unknown"
    situation: str = ""
    problem: str = ""
    emotion: str = ""
    language: Language = "en"
    intensity: tuple[int, int] | None = None
    """How strong the seeker said the emotion was before and after, 1..5, where the corpus asked."""
    turns: tuple[Turn, ...]
