"""Where a person in danger can turn, from a file; nothing here is invented."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from esc_skills.signatures.frozen import Frozen


class HelpLine(Frozen):
    """A number that helps."""

    where: str
    name: str
    number: str


class HelpWords(Frozen):
    """What is said in one language."""

    help: str
    """Said first to a person in danger."""
    imminent: str
    """Said before that where the danger is imminent."""
    safe: str
    """Said in place of a reply that breaks a rule."""


class HelpFile(Frozen):
    """Where a person in danger can turn."""

    reviewed: date
    """The day on which somebody last checked the lines."""
    lines: tuple[HelpLine, ...]
    words: dict[str, HelpWords]


@lru_cache(maxsize=1)
def read_help() -> HelpFile:
    """The packaged file of help."""
    text = Path(__file__).with_name("help.yaml").read_text(encoding="utf-8")
    return HelpFile.model_validate(yaml.safe_load(text))
