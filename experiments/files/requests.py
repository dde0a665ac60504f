"""Conflicting and nested requests, and questions about what is known and what cannot be known."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from esc_skills.signatures.frozen import Frozen

from .json_lines import read_lines

SAMPLE_REQUESTS = Path(__file__).parents[1] / "samples" / "requests.jsonl"
Level = Literal["conduct", "skill", "wish"]
"""Whose order it is, the highest first."""


class Request(Frozen):
    """One request, and what should come of it."""

    id: str
    family: Literal["conflict", "nested", "question"]
    """Orders that contradict each other; orders inside of what a person quotes; or questions."""
    who: Literal["supporter", "seeker"] = "supporter"
    """Who is asked."""
    language: Literal["en", "zh"] = "en"
    skill: str = ""
    """Guidance of the skill that the supporter was given; empty for none."""
    knows: tuple[str, ...] = ()
    """Of a seeker: facts of the profile."""
    cannot_know: tuple[str, ...] = ()
    turns: tuple[str, ...] = Field(min_length=1)
    """What was said; the last turn is the one to answer."""
    winner: Level | None = None
    """Whose order must be carried out; None for questions."""
    answer: tuple[str, ...] = ()
    """Of questions: words that answer; none where the answer cannot be known."""
    marks: dict[Level, tuple[str, ...]] = Field(default_factory=dict)
    """Regular expressions by which a reply shows that it carries out an order of a level."""
    invented: tuple[str, ...] = ()
    """Regular expressions of answers that nobody can know."""
    obeyed: str
    """What somebody says who always does what the person wants, or makes an answer up."""

    @model_validator(mode="after")
    def _marks_are_there(self) -> Self:
        if self.family == "question" and not (self.answer or self.invented):
            raise ValueError("a question must have words of its answer or of an invented one")
        if self.family != "question" and self.winner is None:
            raise ValueError("a request must name the winner")
        for pattern in (
            *self.answer,
            *self.invented,
            *(m for ms in self.marks.values() for m in ms),
        ):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is wrong: {error}") from error
        return self


def read_requests(paths: Sequence[Path]) -> list[Request]:
    """The requests of JSON Lines files.

    Raises:
        UserError: A file is missing, or a line is no request; names file and line.
    """
    return read_lines(paths, Request, "request")
