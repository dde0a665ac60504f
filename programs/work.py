"""Where work is executed: on this machine's threads, in its processes, or on an engine of your own.

Everything that runs several model calls at once runs them through a `Work`, so that another engine
is one more class here, and no result depends on which one is used.
"""

import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextvars import Context
from multiprocessing import get_context
from typing import Protocol, Self, TypeVar

A = TypeVar("A")
B = TypeVar("B")
AHEAD = 4
"""Items per worker that are started before the oldest result is taken: enough that no worker waits
for a slow one, few enough that memory does not grow with the number of items."""


class Work(Protocol):
    """Executes independent pieces of work; an engine need do no more than this.

    An implementation may execute the pieces in any order and at any place, and keeps to this:

    - Results come in the order of the items.
    - Items are taken as they are needed: the number of those that were taken and whose results were
      not yet given is bounded, so that an endless iterator of items is fine.
    - An exception of a piece is raised where its result was due. Once it is raised, and once the
      iterator is closed, no further piece starts, and those under way are waited for (but not after
      a `KeyboardInterrupt`).
    - A piece sees none of the caller's context variables: what it needs is in `do` and its item.
    """

    def map(self, do: Callable[[A], B], items: Iterable[A]) -> Generator[B, None, None]:
        """The result of `do` for each item, in order.

        `do` must not call `map` of the same `Work`, which may have no worker left for that.
        """
        ...

    def close(self) -> None:
        """Start nothing any more; what is under way is not waited for. May be called twice."""
        ...


class Inline:
    """Executes each piece in the calling thread, when its result is asked for."""

    def map(self, do: Callable[[A], B], items: Iterable[A]) -> Generator[B, None, None]:
        """The result of `do` for each item, one after the other."""
        for item in items:
            yield Context().run(do, item)

    def close(self) -> None:
        """Nothing to close."""


class Pool:
    """A `Work` on an executor, as the standard library and others have them.

    Args:
        executor: Executes the pieces.
        workers: Pieces that it executes at once.
    """

    def __init__(self, executor: Executor, workers: int) -> None:
        self._executor = executor
        self._most = workers * AHEAD

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def map(self, do: Callable[[A], B], items: Iterable[A]) -> Generator[B, None, None]:
        """The result of `do` for each item, in order."""
        return self._map(lambda item: self._executor.submit(do, item), items)

    def close(self) -> None:
        """Start nothing any more."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _map(
        self, submit: Callable[[A], Future[B]], items: Iterable[A]
    ) -> Generator[B, None, None]:
        waiting: deque[Future[B]] = deque()
        try:
            for item in items:
                waiting.append(submit(item))
                if len(waiting) >= self._most:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            left = [future for future in waiting if not future.cancel()]
            if not isinstance(sys.exception(), KeyboardInterrupt):
                wait(left)


class Threads(Pool):
    """Executes pieces in threads: for model calls, which wait for an endpoint most of the time.

    Args:
        workers: Pieces at once, at least 1.
    """

    def __init__(self, workers: int = 8) -> None:
        super().__init__(ThreadPoolExecutor(workers, thread_name_prefix="work"), workers)

    def map(self, do: Callable[[A], B], items: Iterable[A]) -> Generator[B, None, None]:
        """The result of `do` for each item, in order."""
        return self._map(lambda item: self._executor.submit(Context().run, do, item), items)


class Processes(Pool):
    """Executes pieces in processes of their own: for whole searches against an engine in Python.

    `do`, items and results must be picklable.

    Args:
        workers: Pieces at once, at least 1.
    """

    def __init__(self, workers: int = 2) -> None:
        super().__init__(ProcessPoolExecutor(workers, mp_context=get_context("spawn")), workers)
