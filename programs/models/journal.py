"""Finished work, on disk: an append-only file of JSON lines that survives a kill at any moment.

A line counts once it ends with a newline; a torn last line is cut off when the file is opened. One
process at a time has the file: two would pay each other's calls again.
"""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

Record = dict[str, Any]
LOCK = ".lock"
"""What the name of the lock's file has behind the journal's; the file is empty and may stay."""


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
        self._records: dict[str, Record] = {}
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_of_file = _owned(path)
            self._load(path)
            self._file = path.open("a", encoding="utf-8")

    @property
    def path(self) -> Path | None:
        """The file; None for a journal in memory."""
        return self._path

    def get(self, key: str) -> Record | None:
        """The record under the key, if there is one."""
        return self._records.get(key)

    def put(self, key: str, record: Record) -> None:
        """Store a record; it is on disk when this returns.

        Raises:
            OSError: The disk is full or the directory cannot be written.
        """
        line = json.dumps({"key": key, "record": record}, ensure_ascii=False) + "\n"
        with self._lock:
            if self._path is not None:
                self._file.write(line)
                self._file.flush()
            self._records[key] = record

    def values(self) -> Iterator[Record]:
        """Every record, the oldest key first."""
        return iter(list(self._records.values()))

    def __len__(self) -> int:
        return len(self._records)

    def _load(self, path: Path) -> None:
        if not path.exists():
            return
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            os.truncate(path, whole)
        for number, line in enumerate(data[:whole].splitlines(), start=1):
            try:
                entry = json.loads(line)
                key, record = entry["key"], entry["record"]
                if not (isinstance(key, str) and isinstance(record, dict)):
                    raise ValueError("a record is an object under a text")
                self._records[key] = record
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise ValueError(
                    f"{path}:{number} must be a record of this program, but is not. "
                    "Remove the line, or start a new run directory."
                ) from error


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
