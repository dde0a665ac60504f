"""Packaged or own texts to try something on: small files of JSON Lines, a record a line."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ..errors import UserError, first_problem
from .small_files import read_small

R = TypeVar("R", bound=BaseModel)


def read_lines(paths: Sequence[Path], kind: type[R], noun: str) -> list[R]:
    """The records of JSON Lines files; empty lines are passed over.

    Args:
        paths: The files.
        kind: What a line holds.
        noun: One record in a word, for messages.

    Raises:
        UserError: A file is missing, a line is no such record, or there is none at all; names file
            and line.
    """
    found: list[R] = []
    for path in paths:
        try:
            lines = read_small(path).decode().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path} must be a readable file of {noun}s, but: {error}.") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                found.append(kind.model_validate_json(line))
            except ValidationError as error:
                raise UserError(f"{path}, line {number}: {first_problem(error)}.") from error
    if not found:
        raise UserError(f"there must be at least one {noun}, but the files hold none.")
    return found
