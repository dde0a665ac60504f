"""Tracking that begins with the first event of a search, when everything has been checked."""

from collections.abc import Callable
from typing import Protocol

from esc_skills.optimizers.events import Event


class Tracking(Protocol):
    """What follows a search in a store of runs."""

    def __call__(self, event: Event) -> None:
        """Log one event."""
        ...

    def fail(self, cause: BaseException) -> None:
        """Mark the run as ended by this."""
        ...


class Deferred:
    """Opens the tracking with the first event, so that a refused command leaves no run behind.

    Args:
        open_tracking: Opens it.
    """

    def __init__(self, open_tracking: Callable[[], Tracking]) -> None:
        self._open = open_tracking
        self._tracking: Tracking | None = None

    def __call__(self, event: Event) -> None:
        """Log one event."""
        if self._tracking is None:
            self._tracking = self._open()
        self._tracking(event)

    def fail(self, cause: BaseException) -> None:
        """Mark the run, if it has begun, as ended by this."""
        if self._tracking is not None:
            self._tracking.fail(cause)
