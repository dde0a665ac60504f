"""Keeps what other packages print, log and warn of out of our terminal and our JSON."""

import logging
import sys
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, Any


class _Muted:
    """A stream that drops what one thread writes; other threads, such as a progress bar's, pass."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._thread = threading.get_ident()
        self.muted = True

    def write(self, text: str) -> int:
        """Write, or drop."""
        dropped = self.muted and threading.get_ident() == self._thread
        return len(text) if dropped else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


@contextmanager
def quiet() -> Generator[None]:
    """Within the block, this thread prints nothing, DSPy logs nothing, and nothing is warned of."""
    streams, logger = (sys.stdout, sys.stderr), logging.getLogger("dspy")
    level = logger.level
    sys.stdout, sys.stderr = _Muted(streams[0]), _Muted(streams[1])
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout, sys.stderr = streams
        logger.setLevel(level)


@contextmanager
def aloud() -> Generator[None]:
    """Within the block, what `quiet` mutes is heard again; elsewhere, nothing changes."""
    muted = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, _Muted)]
    for stream in muted:
        stream.muted = False
    try:
        yield
    finally:
        for stream in muted:
            stream.muted = True
