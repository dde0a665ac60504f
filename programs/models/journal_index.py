"""Where each record of a journal stands, so that a large journal is neither read nor held whole."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

Row = tuple[str, str | None, int, int]
"""Key, place, start and length of a line; the place is None where the line is no call."""
SEPARATOR = "\x1f"
"""Between the parts of a place."""
_PAGE = 1000
_TABLES = """
pragma journal_mode = wal;
pragma synchronous = off;
create table if not exists lines (
    key text primary key, place text, start integer not null, length integer not null
);
create index if not exists places on lines (place) where place is not null;
"""
"""Nothing is lost where a crash of the machine loses the last entries: the journal has them."""


class JournalIndex:
    """Positions of lines by key and by place; the caller sees to it that one thread uses it.

    Args:
        path: The file; None keeps it in memory.

    Raises:
        sqlite3.DatabaseError: The file is no index.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._database = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        try:
            self._database.executescript(_TABLES)
        except sqlite3.DatabaseError:
            self._database.close()
            raise

    def __len__(self) -> int:
        return self._database.execute("select count(*) from lines").fetchone()[0]

    @property
    def last(self) -> tuple[str, int, int] | None:
        """Key, start and length of the line that stands last; None where there is none."""
        found = "select key, start, length from lines order by start desc limit 1"
        return self._database.execute(found).fetchone()

    def add(self, rows: Iterable[Row]) -> None:
        """The positions of lines; one takes the place of an earlier line of its key."""
        self._database.execute("begin")
        try:
            self._database.executemany(
                "insert into lines values (?, ?, ?, ?) on conflict (key) do update set "
                "place = excluded.place, start = excluded.start, length = excluded.length",
                rows,
            )
        finally:
            self._database.execute("commit")

    def of(self, key: str) -> tuple[int, int] | None:
        """Start and length of the line of a key."""
        wanted = "select start, length from lines where key = ?"
        return self._database.execute(wanted, (key,)).fetchone()

    def at(self, place: str) -> list[tuple[str, int, int]]:
        """Key, start and length of each line at a place or below it."""
        return self._database.execute(
            "select key, start, length from lines where place = ? or (place > ? and place < ?)",
            (place, place + SEPARATOR, place + chr(ord(SEPARATOR) + 1)),
        ).fetchall()

    def all(self) -> Iterator[tuple[int, int]]:
        """Start and length of every line, the oldest key first."""
        after = 0
        wanted = "select rowid, start, length from lines where rowid > ? order by rowid limit ?"
        while page := self._database.execute(wanted, (after, _PAGE)).fetchall():
            after = page[-1][0]
            yield from ((start, length) for _, start, length in page)

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._database.close()
