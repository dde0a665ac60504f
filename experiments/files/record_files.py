"""Reading files of JSON records, plain or gzipped: an array, or one record after the other.

Records come one at a time, so that memory stays flat however large the file.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from ..errors import UserError, short
from .text_files import damaged, open_text, readable

_CHUNK = 1 << 16
LONGEST_RECORD = 1 << 24
"""Characters of a record; a small packed file can hold one of gigabytes."""
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()
_LINES = (".jsonl", ".ndjson")
DAMAGED = ValueError("it has bytes that are no text in the encoding of the file")
"""What stands for a record that has them."""
_OTHER_FORMATS = (".csv", ".tsv", ".parquet", ".arrow", ".zip", ".xlsx", ".tar")


def read_records(path: Path) -> Iterator[tuple[int, Any]]:
    """(Number, record) of each record of a file, numbered from 1 (lines, or items).

    A `.jsonl` line that is not JSON, and a record with damaged bytes, comes out as the `ValueError`
    that says so, so that the caller can report it and go on.

    Raises:
        UserError: The file is missing, unreadable, empty, or neither an array nor objects.
    """
    if path.is_dir():
        raise UserError(f"{path} must be a file, but is a directory. Name the file in it.")
    if path.suffix.lower() in _OTHER_FORMATS:
        raise UserError(
            f"{path} must be JSON (an array of records, or .jsonl with one a line; plain or .gz), "
            f"but is {path.suffix}. Convert it."
        )
    with readable(path), open_text(path) as file:
        records = _lines(file) if _is_lines(path) else _items(path, file)
        count = 0
        for count, record in records:
            yield count, record
    if not count:
        raise UserError(f"{path} must hold records, but is empty. Give another file.")


def place_of(path: Path, number: int) -> str:
    """Where a record stands, in words: file, and line or record number."""
    return f"{path}, {'line' if _is_lines(path) else 'record'} {number}"


def type_of(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "a list", str: "a text", type(None): "null"}
    return names.get(type(value), f"the value {short(json.dumps(value))}")


def _is_lines(path: Path) -> bool:
    return any(suffix.lower() in _LINES for suffix in path.suffixes)


def _lines(file: TextIO) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(iter(partial(file.readline, LONGEST_RECORD + 1), ""), start=1):
        if len(line) > LONGEST_RECORD:
            raise OSError(f"line {number} has more than {LONGEST_RECORD:,} characters")
        if not line.strip():
            continue
        try:
            yield number, DAMAGED if damaged(line) else json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, ValueError(str(error))


def _items(path: Path, file: TextIO) -> Iterator[tuple[int, Any]]:
    """The items of an array, or objects in a row, decoded one by one from a window on the text."""
    window = _Window(file)
    opening = window.peek()
    if opening == "":
        return
    if opening not in "[{":
        raise UserError(
            f"{path} must be a JSON array of records, but starts with {opening!r}. "
            "Put the records in [...], or name the file .jsonl if it has one a line."
        )
    try:
        items = window.items() if opening == "[" else window.objects()
        yield from enumerate(items, start=1)
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{path} must be JSON, but is not ({error}). Check that the file is whole."
        ) from error


class _Window:
    """The part of a JSON text that is not decoded yet."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            self._text = self._text.lstrip(_SPACE)
            if self._text or not self._grow():
                return self._text[:1]

    def items(self) -> Iterator[Any]:
        """The items of the array that starts here.

        Raises:
            ValueError: The text is not JSON, or ends before the array does.
        """
        self._take("[")
        if self.peek() != "]":
            yield self._value()
            while self.peek() == ",":
                self._take(",")
                yield self._value()
        self._take("]")
        if self.peek():
            raise ValueError(f"something follows the array: {self._text[:20]!r}")

    def objects(self) -> Iterator[Any]:
        """The objects that follow each other, as in a file of lines that is not named so.

        Raises:
            ValueError: The text is not JSON, or ends within an object.
        """
        while self.peek():
            yield self._value()

    def _take(self, mark: str) -> None:
        found = self.peek()
        if found != mark:
            raise ValueError(f"{mark!r} must follow, but {found!r} does" if found else "it ends")
        self._text = self._text[1:]

    def _value(self) -> Any:  # noqa: ANN401 - any JSON value
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text)
            except ValueError:
                if not self._grow():
                    raise
                continue
            if end < len(self._text) or not self._grow():  # a number may go on in the next chunk
                taken, self._text = self._text[:end], self._text[end:]
                return DAMAGED if damaged(taken) else value

    def _grow(self) -> bool:
        """Read on, twice as far each time, so that a large item is not decoded too often."""
        if len(self._text) > LONGEST_RECORD:
            raise ValueError(f"a record has more than {LONGEST_RECORD:,} characters")
        more = self._file.read(max(_CHUNK, len(self._text)))
        self._text += more
        return bool(more)
