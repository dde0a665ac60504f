"""The server's event loop, which does at once what is not worth a change of threads.

DSPy hands four short looks at its own tables to a thread for each call of a model. The changes of
threads took a fifth of a reply's time on the processor, and on a busy machine a third of all of it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
_BRIEF = frozenset(
    f"dspy.clients.{name}" for name in ("capabilities", "execution", "engines.lm15_engine")
)
"""Modules whose functions only look something up, once DSPy has read its lists and made its client
of the provider. Credentials that a cloud renews are asked for elsewhere, in a thread."""


class Loop(asyncio.SelectorEventLoop):
    """An event loop on which DSPy's looks at its tables need no thread."""

    def run_in_executor(  # type: ignore[override]
        self,
        executor: Executor | None,
        func: Callable[..., T],
        *args: Any,  # noqa: ANN401 - the function's
    ) -> asyncio.Future[T]:
        """Have something done, in a thread unless it is brief."""
        if executor is not None or not _is_brief(func):
            return super().run_in_executor(executor, func, *args)
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - raised where the result is waited for
            done.set_exception(error)
        return done


def _is_brief(work: object) -> bool:
    """Whether `asyncio.to_thread` was asked for one of DSPy's looks at its tables."""
    asked = work.args[0] if isinstance(work, partial) and work.args else work
    return getattr(asked, "__module__", "") in _BRIEF
