"""Values as a model reads them in a prompt: words, transcripts and lists as lines.

Further lines of a text are indented under its first, so that no text passes for a line of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeGuard

from pydantic_core import to_json

NOTHING = "(none)"
"""What stands for a value that is empty."""


class Shown(Protocol):
    """A value that says itself how a prompt shows it."""

    @property
    def shown(self) -> str:
        """Its text, in which further lines are indented."""
        ...


def prompt_text(value: Any) -> str:  # noqa: ANN401 - any input of a stage
    """A value as a prompt shows it."""
    if value is None or value in ("", [], ()):
        return NOTHING
    if isinstance(value, str):
        return value
    if _is_shown(value):
        return value.shown
    if isinstance(value, Sequence) and all(map(_is_shown, value)):
        return "\n".join(member.shown for member in value)
    if isinstance(value, Sequence) and all(isinstance(member, str) for member in value):
        return "\n".join(f"{number}. {indented(text)}" for number, text in enumerate(value))
    return to_json(value, exclude_none=True).decode()


def _is_shown(value: object) -> TypeGuard[Shown]:
    # `isinstance` with a protocol takes twenty times as long, and is asked for every turn
    return hasattr(type(value), "shown")


def indented(text: str, by: int = 2) -> str:
    """The text with further lines moved in by so many spaces."""
    return text.strip().replace("\n", "\n" + by * " ")


def entry(title: str, sections: Mapping[str, str]) -> str:
    """An entry of a list: its title, and under it the sections that say something."""
    told = (f"  {name}: {indented(text, 4)}" for name, text in sections.items() if text.strip())
    return "\n".join([f"- {indented(title, 4)}", *told])
