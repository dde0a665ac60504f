"""Finished work, on disk: an append-only file of JSON lines that survives a kill at any moment.

A line counts once it ends with a newline; a torn last line is cut off when the file is opened. One
process at a time has the file: two would pay each other's calls again. Of a large journal an index
is kept beside it, which is made again where it is missing, so that opening a journal of a million
calls takes neither minutes nor memory.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from .journal_index import SEPARATOR, JournalIndex, Row

Record = dict[str, Any]


class Line(NamedTuple):
    """A record as it stands in a journal."""

    text: bytes
    place: str | None
    """Where in the run the call was made; None of what is no call."""


LOCK = ".lock"
"""What the name of the lock's file has behind the journal's; the file is empty and may stay."""
INDEX = ".index"
"""The same of the index's file, which may be removed."""
LARGE = 1 << 23
"""Bytes from which a journal has an index on disk; a smaller one is read when it is opened."""
_BLOCK = 1 << 16


class Journal:
    """Records by key; the last one put under a key counts.

    Args:
        path: The file; None keeps the records in memory only.

    Raises:
        ValueError: A line of the file is not a record, or another process has the file.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._lines: _OnDisk | _InMemory = _InMemory()
        self._index = JournalIndex()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_of_file = _owned(path)
            self._lines = lines = _OnDisk(path)
            self._index = lines.indexed()

    @property
    def path(self) -> Path | None:
        """The file; None for a journal in memory."""
        return self._path

    def get(self, key: str) -> Record | None:
        """The record under the key, if there is one.

        Raises:
            ValueError: The file was changed by another hand while it was open.
        """
        with self._lock:
            found = self._index.of(key)
        if found is None:
            return None
        known, record = self._parsed(*found)
        if known != key:
            raise ValueError(f"{self._path} was changed while it was open. Start again.")
        return record

    def put(self, key: str, record: Record) -> None:
        """Store a record; it is on disk when this returns.

        Raises:
            OSError: The disk is full or the directory cannot be written.
        """
        self.put_lines({key: line_of(key, record)})

    def put_lines(self, lines: Mapping[str, Line]) -> None:
        """Store records as lines, at once; all of them are on disk when this returns.

        Raises:
            OSError: The disk is full or the directory cannot be written.
        """
        with self._lock:
            start = self._lines.append(b"".join(line.text for line in lines.values()))
            rows = list[Row]()
            for key, line in lines.items():
                rows.append((key, line.place, start, len(line.text)))
                start += len(line.text)
            self._index.add(rows)
            if start >= LARGE and self._index.path is None and isinstance(self._lines, _OnDisk):
                self._index = self._lines.indexed()

    def values(self) -> Iterator[Record]:
        """Every record, the oldest key first."""
        with self._lock:
            positions = list(self._index.all())
        return (self._parsed(*position)[1] for position in positions)

    def lines_at(self, place: Sequence[object]) -> dict[str, bytes]:
        """The lines, by key, of all calls whose place in the run begins like this."""
        with self._lock:
            found = self._index.at(SEPARATOR.join(map(str, place)))
        return {key: self._lines.read(*position) for key, *position in found}

    def __len__(self) -> int:
        return len(self._index)

    def close(self) -> None:
        """Let go of the index; the file itself is this process's until it ends."""
        self._index.close()

    def _parsed(self, start: int, length: int) -> tuple[str, Record]:
        return parsed(self._lines.read(start, length))


class _OnDisk:
    """Whole lines of a file; safe from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = path.open("a+b", buffering=0)
        self._cut_torn_line()

    def append(self, data: bytes) -> int:
        """Where the data stands now; nothing of it does where the disk is full."""
        with self._lock:
            start, written = self._file.seek(0, os.SEEK_END), 0
            try:
                while written < len(data):
                    written += self._file.write(data[written:])
            except OSError:
                self._file.truncate(start)
                raise
            return start

    def read(self, start: int, length: int) -> bytes:
        with self._lock:
            self._file.seek(start)
            return self._file.read(length)

    def indexed(self) -> JournalIndex:
        """The index of all lines.

        Raises:
            ValueError: One is no record.
        """
        if self._file.seek(0, os.SEEK_END) < LARGE:
            self._drop_index()
            return self._completed(JournalIndex())
        beside = Path(f"{self._path}{INDEX}")
        try:
            index = JournalIndex(beside)
            if self._agrees(index):
                return self._completed(index)
            index.close()
        except sqlite3.DatabaseError:
            pass  # it is damaged, and the journal is not
        self._drop_index()
        return self._completed(JournalIndex(beside))

    def _drop_index(self) -> None:
        for name in (INDEX, f"{INDEX}-wal", f"{INDEX}-shm"):
            Path(f"{self._path}{name}").unlink(missing_ok=True)

    def _agrees(self, index: JournalIndex) -> bool:
        """Whether an index belongs to the file as it is: they agree on the last line."""
        if index.last is None:
            return True
        key, start, length = index.last
        try:
            return parsed(self.read(start, length))[0] == key
        except ValueError:
            return False

    def _completed(self, index: JournalIndex) -> JournalIndex:
        """The index, with the lines that it lacks."""
        start = 0 if index.last is None else index.last[1] + index.last[2]
        index.add(self._rows(start))
        return index

    def _rows(self, start: int) -> Iterator[Row]:
        """What the index has of each line from there on."""
        with self._path.open("rb") as file:
            file.seek(start)
            for line in file:
                try:
                    key, record = parsed(line)
                except ValueError as error:
                    raise ValueError(
                        f"{self._path}:{self._number_at(start)} must be a record of this program, "
                        "but is not. Remove the line, or start a new run directory."
                    ) from error
                yield key, _place_of(record), start, len(line)
                start += len(line)

    def _number_at(self, start: int) -> int:
        """Number of the line that begins there."""
        with self._path.open("rb") as file:
            return 1 + sum(1 for _ in iter(lambda: file.tell() < start and file.readline(), False))

    def _cut_torn_line(self) -> None:
        end = whole = self._file.seek(0, os.SEEK_END)
        while whole:
            first = max(0, whole - _BLOCK)
            found = self.read(first, whole - first).rfind(b"\n")
            whole = first + found + 1 if found >= 0 else first
            if found >= 0:
                break
        if whole < end:
            self._file.truncate(whole)


class _InMemory:
    """The same without a file."""

    def __init__(self) -> None:
        self._data = bytearray()

    def append(self, data: bytes) -> int:
        self._data += data
        return len(self._data) - len(data)

    def read(self, start: int, length: int) -> bytes:
        return bytes(self._data[start : start + length])


def line_of(key: str, record: Record) -> Line:
    """A record as a line."""
    text = json.dumps({"key": key, "record": record}, ensure_ascii=False) + "\n"
    return Line(text.encode(), _place_of(record))


def parsed(line: bytes) -> tuple[str, Record]:
    """Key and record of a line.

    Raises:
        ValueError: It has none.
    """
    try:
        entry = json.loads(line)
        key, record = entry["key"], entry["record"]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("a line is an object with key and record") from error
    if not (isinstance(key, str) and isinstance(record, dict)):
        raise ValueError("a record is an object under a text")
    return key, record


def _place_of(record: Mapping[str, Any]) -> str | None:
    """Where in the run a call was made; None of what is no call."""
    call = record.get("call")
    place = call.get("place") if isinstance(call, dict) else None
    return SEPARATOR.join(map(str, place)) if isinstance(place, list) else None


def _owned(path: Path) -> FileLock:
    """The lock of a file, which this process has until the lock is gone, whatever ends it.

    Raises:
        ValueError: Another process has it.
    """
    lock = FileLock(f"{path}{LOCK}", timeout=0, thread_local=False, is_singleton=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise ValueError(
            f"{path} is being written by another process of esc-skills. Wait until that has ended, "
            "or let this one work in another place."
        ) from error
    return lock
