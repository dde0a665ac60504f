"""Ctrl-C and termination: a command ends within seconds and says what of its work is kept."""

import multiprocessing
import os
import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Self

from rich.console import Console

from .files.journals import remembered

GRACE = 4.0
"""Seconds that an interrupted command has to tidy up, above all to close its MLflow run."""


class Interruption:
    """Within the block, SIGINT and SIGTERM raise `KeyboardInterrupt` in the main thread.

    What hangs is not waited for: after `GRACE` seconds, or at a second signal, the process ends
    wherever it is. All finished work is on disk by then.
    """

    def __init__(self) -> None:
        self._signal: int | None = None
        self._ending = threading.Lock()
        self._before: dict[int, object] = {}

    @property
    def asked(self) -> bool:
        """Whether a signal has come."""
        return self._signal is not None

    def end(self) -> None:
        """Say what is kept and end the process; the exit code is 128 and the signal's number.

        The process does not wait for its threads, since one may wait for a model that hangs.
        """
        if not self._ending.acquire(blocking=False):
            return
        Console(stderr=True, highlight=False, soft_wrap=True).print(self._sentence(), markup=False)
        sys.stdout.flush()
        sys.stderr.flush()
        for child in multiprocessing.active_children():
            child.terminate()
        os._exit(128 + (self._signal or signal.SIGINT))

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._asked_to_end)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] - what `signal` gave

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            self.end()
        self._signal = number
        timer = threading.Timer(GRACE, self.end)
        timer.daemon = True
        timer.start()
        raise KeyboardInterrupt

    def _sentence(self) -> str:
        what = "Terminated" if self._signal == signal.SIGTERM else "Interrupted"
        places = [journal for journal in remembered() if journal.path is not None]
        if not places:
            return f"{what}."
        kept = max(places, key=len)
        if not len(kept):
            return f"{what} before anything was finished."
        return (
            f"{what}. {len(kept):,} finished answers and dialogues are kept in {kept.path}; "
            "the same command resumes."
        )
