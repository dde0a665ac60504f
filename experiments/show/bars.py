"""The progress of work as a bar in the terminal."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..work.progress import OnProgress


@contextmanager
def progress_bar(console: Console) -> Generator[OnProgress]:
    """A bar that shows the progress it is called with and is gone afterwards."""
    columns = (
        SpinnerColumn(), TextColumn("{task.fields[count]}"),
        TextColumn("{task.description}", markup=False), BarColumn(),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None, count="")

        def show(what: str, done: int, total: int | None = None) -> None:
            number = f"{done} of {total}" if total else str(done or "")
            bar.update(task, description=what, completed=done, total=total, count=number)

        yield show
