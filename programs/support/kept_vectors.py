"""Vectors by text in one file on the disk, so that the vector of a text is made once.

Any number of processes may use the file. It may be damaged, full, locked or gone: then less is
found or kept, and nothing fails.
"""

import hashlib
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

_AT_ONCE = 500
_NUMBERS = np.dtype("<f4")
_TABLE = "create table if not exists vectors (text blob primary key, vector blob) without rowid"


class KeptVectors:
    """The vectors in a file.

    Args:
        path: The file; made when the first vector is kept.
        size: Numbers of a vector.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size

    def find(self, texts: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """The vectors that are kept of some texts."""
        wanted = {_digest(text): text for text in texts}
        keys, found = list(wanted), dict[str, npt.NDArray[np.float32]]()
        if not self._path.exists():
            return found
        with suppress(sqlite3.Error), self._opened() as database:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                query = f"select text, vector from vectors where text in ({marks})"
                for key, data in database.execute(query, some):
                    if len(data) == self._size * _NUMBERS.itemsize:
                        found[wanted[key]] = np.frombuffer(data, _NUMBERS).astype(np.float32)
        return found

    def keep(self, vectors: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """Keep the vectors of some texts, if the disk lets us."""
        rows = [(_digest(text), row.astype(_NUMBERS).tobytes()) for text, row in vectors.items()]
        with suppress(sqlite3.Error, OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as database:
                database.executemany("insert or replace into vectors values (?, ?)", rows)

    @contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        """The file in a transaction; one that is no database is begun again."""
        with closing(sqlite3.connect(self._path)) as database:
            try:
                database.execute(_TABLE)
            except sqlite3.OperationalError:  # locked, or of another machine: leave it
                raise
            except sqlite3.DatabaseError:
                self._path.unlink()
                raise
            with database:
                yield database


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
