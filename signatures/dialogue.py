"""Recorded dialogues: who said what to whom, and how the conversation went."""

from typing import Literal

from pydantic import Field

from .frozen import Frozen

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


def transcript(turns: tuple[Turn, ...] | list[Turn]) -> str:
    """The turns as `speaker: text` lines, for people to read."""
    return "\n".join(f"{turn.speaker}: {turn.text}" for turn in turns)
