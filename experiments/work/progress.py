"""How work reports its progress, without knowing who watches."""

from collections.abc import Callable
from itertools import count
from typing import Protocol


class OnProgress(Protocol):
    """Called as work advances."""

    def __call__(self, what: str, done: int, total: int | None = None) -> None:
        """Take note of the progress.

        Args:
            what: What is counted, in the plural, such as "dialogues"; or the step being done.
            done: How many are finished.
            total: How many there will be; None where nobody can know.
        """
        ...


def silent(what: str, done: int, total: int | None = None) -> None:
    """Nobody watches."""


def counting(on_progress: OnProgress, what: str, total: int | None = None) -> Callable[..., None]:
    """A callback that reports one more of `what` each time it is called, with any arguments."""
    numbers = count(1)

    def advance(*_: object) -> None:
        on_progress(what, next(numbers), total)

    return advance
