"""Values as a model reads them in a prompt: transcripts, lists and records as plain lines.

Further lines of a text are indented under its first, so that no text passes for a line of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel

NOTHING = "(none)"
"""What stands for a value that is empty."""
INDENT = "  "


@runtime_checkable
class Shown(Protocol):
    """A value that says itself how a prompt shows it."""

    @property
    def shown(self) -> str:
        """Its text, in which further lines are indented."""
        ...


def prompt_text(value: Any) -> str:  # noqa: ANN401 - any input of a stage
    """A value as a prompt shows it; what is empty is left out of records and said elsewhere."""
    if value is None or value in ("", [], ()):
        return NOTHING
    if isinstance(value, Shown):
        return value.shown
    if isinstance(value, BaseModel):
        return _record({name: getattr(value, name) for name in type(value).model_fields})
    if isinstance(value, Mapping):
        return _record(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(map(_entry, value))
    return str(value)


def indented(text: str) -> str:
    """The text with further lines moved in."""
    return text.strip().replace("\n", f"\n{INDENT}")


def _entry(value: Any) -> str:  # noqa: ANN401
    return value.shown if isinstance(value, Shown) else f"- {indented(prompt_text(value))}"


def _record(entries: Mapping[str, Any]) -> str:
    lines: list[str] = []
    for name, value in entries.items():
        if value is None or value in ("", [], ()):
            continue
        gap = f"\n{INDENT}" if isinstance(value, list | tuple | BaseModel) else " "
        lines.append(f"{name}:{gap}{indented(prompt_text(value))}")
    return "\n".join(lines)
