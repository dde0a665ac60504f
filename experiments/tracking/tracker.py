"""Trackers, by name: where the figures, documents and pictures of runs are logged.

To bring your own, write a class with the members of `Tracker` whose instances are made from the
directory of the runs and the address that the user configured (None where there is none), and name
it as `module:Class`.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

from esc_skills.programs.registry import Registry

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Status = Literal["finished", "failed", "killed"]
"""How a run ended: by itself, by an error or an outage, or because its user stopped it."""


class TrackedRun(Protocol):
    """One run in a tracker, open until it is closed.

    Names may hold any character, and a slash groups what belongs together; numbers may be infinite
    or not a number. A tracker changes or leaves out what it cannot store.
    """

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Log numbers by name.

        Args:
            values: The numbers.
            step: When they were measured, in model calls or turns since the run began.
        """
        ...

    def tags(self, values: Mapping[str, str]) -> None:
        """Say what the run is; a later value replaces an earlier one."""
        ...

    def rename(self, name: str) -> None:
        """Give the run another name."""
        ...

    def document(self, name: str, data: Mapping[str, Any]) -> None:
        """Store JSON data under a file name."""
        ...

    def text(self, name: str, text: str) -> None:
        """Store text under a file name; Markdown where the name ends with `.md`."""
        ...

    def table(self, name: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Store a table under a file name, its columns by their titles."""
        ...

    def figure(self, name: str, draw: "Callable[[], Figure]") -> None:
        """Store a picture.

        Args:
            name: Its file name, which ends with `.html`.
            draw: Makes the picture; a tracker that stores no pictures need not call it.
        """
        ...

    def dataset(self, name: str, ids: Sequence[str], source: str) -> None:
        """Say which data the run uses.

        Args:
            name: What they are for, e.g. `train`.
            ids: Of each item, e.g. of each seeker's profile.
            source: Where they come from.
        """
        ...

    def trace(
        self, session: str, asked: str, answered: str, details: Mapping[str, Any], **tags: str
    ) -> None:
        """Store one exchange of a dialogue.

        Args:
            session: Name of the dialogue; its exchanges are stored in order.
            asked: What the seeker said.
            answered: What the supporter replied.
            details: Facts about the exchange.
            tags: Facts about the dialogue.
        """
        ...

    def child(
        self,
        name: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
        note: str = "",
    ) -> Self:
        """Open a run that is part of this one.

        Args:
            name: Its name.
            tags: What it is.
            params: What was set, by name.
            note: A sentence for the person who looks at it.
        """
        ...

    def close(self, status: Status = "finished") -> None:
        """End the run; a second call replaces the status."""
        ...


class Tracker(Protocol):
    """Logs runs. Making one has no effect: files and connections begin with the first run."""

    def open_run(
        self,
        name: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
        replaces: str | None = None,
    ) -> TrackedRun:
        """Open a run.

        Args:
            name: Its name.
            tags: What it is.
            params: What was set, by name.
            replaces: Name of a tag; earlier runs with the same value of it are removed, together
                with their children, where the tracker can do that.
        """
        ...


class NullTracker:
    """Logs nothing.

    Args:
        runs: Not used.
        uri: Not used.
    """

    def __init__(self, runs: Path, uri: str | None = None) -> None: ...

    def open_run(
        self,
        name: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
        replaces: str | None = None,
    ) -> TrackedRun:
        """A run that forgets everything."""
        return _NullRun()


class _NullRun:
    """A run that forgets everything, also what is logged to its children."""

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None: ...

    def tags(self, values: Mapping[str, str]) -> None: ...

    def rename(self, name: str) -> None: ...

    def document(self, name: str, data: Mapping[str, Any]) -> None: ...

    def text(self, name: str, text: str) -> None: ...

    def table(self, name: str, columns: Mapping[str, Sequence[Any]]) -> None: ...

    def figure(self, name: str, draw: "Callable[[], Figure]") -> None: ...

    def dataset(self, name: str, ids: Sequence[str], source: str) -> None: ...

    def trace(
        self, session: str, asked: str, answered: str, details: Mapping[str, Any], **tags: str
    ) -> None: ...

    def child(
        self,
        name: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
        note: str = "",
    ) -> Self:
        return self

    def close(self, status: Status = "finished") -> None: ...


TRACKERS: "Registry[Callable[[Path, str | None], Tracker]]" = Registry(
    "tracker",
    {
        "mlflow": "esc_skills.experiments.tracking.mlflow_tracker:MlflowTracker",
        "none": "esc_skills.experiments.tracking.tracker:NullTracker",
    },
    requires=("open_run",),
)


def open_tracker(name: str, runs: Path, uri: str | None = None) -> Tracker:
    """The tracker of that name; nothing is written before its first run.

    Args:
        name: A name in `TRACKERS`, or `module:Name`.
        runs: The directory of the runs.
        uri: The address of its store; the tracker has a default.

    Raises:
        PluginError: There is none, or it cannot be used.
    """
    return TRACKERS[name](runs, uri)
