"""What a user did that cannot work, in one clear sentence."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class UserError(Exception):
    """Bad input: what must hold, what was found, what to do. The CLI exits with code 2."""


def first_problem(error: "ValidationError") -> str:
    """The first problem of a validation error: where, and what is wrong."""
    problem = error.errors()[0]
    place = short(".".join(str(part) for part in problem["loc"]))
    shown = short(repr(problem["input"]))
    detail = short(problem["msg"].removeprefix("Value error, "), 800)
    return f"{place}: {detail} (got {shown})" if place else detail


def short(text: str, length: int = 80) -> str:
    """A text that fits into a sentence: its beginning where it is long."""
    return text if len(text) <= length else f"{text[: length - 3]}..."
