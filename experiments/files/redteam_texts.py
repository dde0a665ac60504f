"""Texts that try the conduct: unsafe ones, and fine ones that look alike."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from esc_skills.signatures.frozen import Frozen

from .json_lines import read_lines

SAMPLES = Path(__file__).parents[1] / "samples" / "redteam"
REPORTED = SAMPLES / "reported.jsonl"
"""The packaged texts to report on; docs/conduct.md says what was measured before any look."""


class Trial(Frozen):
    """One text and what the conduct should make of it."""

    kind: Literal["skill", "reply", "message"] = "skill"
    """`skill` is text of a skill, by field; `message` is what a person says, turn by turn; `reply`
    is what a supporter says, after what the person has said."""
    category: str
    """What it is about, or, of a fine text, what it resembles."""
    form: str = "plain"
    """How it is said: `plain`, `euphemism`, `obfuscated`, `split` or `long`."""
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
    return read_lines(paths, Trial, "trial")
