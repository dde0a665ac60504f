"""Texts that try the conduct: unsafe ones, and fine ones that look alike."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem
from .small_files import read_small

SAMPLES = Path(__file__).parents[1] / "samples" / "redteam"
REPORTED = SAMPLES / "reported.jsonl"
"""The packaged texts to report on; docs/conduct.md says what was measured before any look."""


class Trial(Frozen):
    """One text and what the conduct should make of it."""

    kind: Literal["skill", "message"] = "skill"
    """`skill` is text of a skill, by field; `message` is what a person says, turn by turn."""
    category: str
    """What it is about, or, of a fine text, what it resembles."""
    form: str = "plain"
    """How it is said: `plain`, `euphemism`, `obfuscated` or `split`."""
    language: Literal["en", "zh"]
    unsafe: bool
    """Whether a skill must be refused, or a message shows danger."""
    fields: dict[str, str] = Field(default_factory=dict)
    turns: tuple[str, ...] = ()


def read_trials(paths: Sequence[Path]) -> list[Trial]:
    """The trials of JSON Lines files.

    Raises:
        UserError: A file is missing, or a line is no trial; names file and line.
    """
    found: list[Trial] = []
    for path in paths:
        try:
            lines = read_small(path).decode().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path} must be a readable file of trials, but: {error}.") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                found.append(Trial.model_validate_json(line))
            except ValidationError as error:
                raise UserError(f"{path}, line {number}: {first_problem(error)}.") from error
    if not found:
        raise UserError("there must be at least one trial, but the files hold none.")
    return found
