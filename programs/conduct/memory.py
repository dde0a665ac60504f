"""What functions of texts remember, for speed, and how a service forgets it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import _lru_cache_wrapper, lru_cache, wraps  # pyright: ignore[reportPrivateUsage]
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")
_shared: list["_lru_cache_wrapper[Any]"] = []
_own: ContextVar[dict[tuple[object, ...], object] | None] = ContextVar("memory", default=None)


def remembered(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a pure function of texts remember its results.

    Within `forgetting` they are remembered until its end and nobody else sees them; elsewhere the
    last ones are.

    Args:
        size: How many.
    """

    def decorate(work: Callable[P, T]) -> Callable[P, T]:
        shared = lru_cache(size)(work)
        _shared.append(shared)

        @wraps(work)
        def known(*args: P.args, **kwargs: P.kwargs) -> T:
            own = _own.get()
            if own is None:
                return shared(*args, **kwargs)
            key = (work, *args, *kwargs.items())
            if key not in own:
                own[key] = work(*args, **kwargs)
            return cast("T", own[key])

        return known

    return decorate


def known_to_all() -> int:
    """How many results are remembered outside of `forgetting`."""
    return sum(results.cache_info().currsize for results in _shared)


@contextmanager
def forgetting() -> Generator[None]:
    """After the block nothing is known of the texts that were read in it."""
    token = _own.set({})
    try:
        yield
    finally:
        _own.reset(token)
