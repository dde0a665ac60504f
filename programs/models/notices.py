"""What happens to the servers of a run while it works: a sentence each, said at once and kept."""

import logging
import threading
from typing import NamedTuple

logger = logging.getLogger(__name__)


class Notice(NamedTuple):
    """A server is down, or answers again."""

    server: str
    down: bool
    sentence: str
    """All of it in words, without the full stop."""


class Notices:
    """The notices of a run, each said once, however many processes find it out; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._down: set[str] = set()
        self._all: list[Notice] = []
        self._taken = 0

    def add(self, notice: Notice) -> None:
        """Say and keep a notice, unless it is known already."""
        with self._lock:
            if notice.down == (notice.server in self._down):
                return
            (self._down.add if notice.down else self._down.discard)(notice.server)
            self._all.append(notice)
        logger.warning("%s.", notice.sentence[:1].upper() + notice.sentence[1:])

    def taken(self) -> list[Notice]:
        """The notices that were not taken before."""
        with self._lock:
            fresh = self._all[self._taken :]
            self._taken = len(self._all)
        return fresh

    @property
    def sentences(self) -> tuple[str, ...]:
        """All notices so far, in words."""
        with self._lock:
            return tuple(notice.sentence for notice in self._all)
