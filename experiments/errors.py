"""What a user did that cannot work, in one clear sentence."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class UserError(Exception):
    """Bad input: what must hold, what was found, what to do. The CLI exits with code 2."""


def first_problem(error: "ValidationError") -> str:
    """The first problem of a validation error: where, and what is wrong."""
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"])
    value = repr(problem["input"])
    shown = value if len(value) <= 80 else f"{value[:77]}..."
    detail = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {detail} (got {shown})" if place else detail
