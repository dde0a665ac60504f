"""Reading files of JSON records, plain or gzipped: one array, or one record a line."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import UserError


def read_records(path: Path) -> Iterator[tuple[int, Any]]:
    """(Number, record) of each record of a file, numbered from 1 (lines, or array items).

    A `.jsonl` line that is not JSON comes out as the `ValueError` that reading it raised, so that
    the caller can report it and go on.

    Raises:
        UserError: The file is missing, unreadable, empty, or no JSON array.
    """
    try:
        opened = (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8")
        )
        with opened as file:
            if ".jsonl" in path.suffixes:
                yield from _lines(path, file)
            else:
                yield from _items(path, file.read())
    except (OSError, EOFError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"{path} must be a readable file, but: {reason}.") from error


def _lines(path: Path, file: Any) -> Iterator[tuple[int, Any]]:  # noqa: ANN401 - a text file
    seen = False
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        seen = True
        try:
            yield number, json.loads(line)
        except ValueError as error:
            yield number, error
    if not seen:
        raise UserError(f"{path} must hold records, but is empty.")


def _items(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise UserError(
            f"{path} must be JSON, but is not ({error}). Check that the file is whole."
        ) from error
    if not isinstance(data, list):
        raise UserError(f"{path} must be a JSON array of records, but is {_kind(data)}.")
    if not data:
        raise UserError(f"{path} must hold records, but is empty.")
    yield from enumerate(data, start=1)


def _kind(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return {dict: "an object", str: "a text"}.get(type(value), "a single value")
