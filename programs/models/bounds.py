"""Bounds of one request: its time, the size of its answer, and what its usage figures may be.

A server may send a byte a second, an endless text, or a page of a proxy in place of an answer. None
of that is a reply of the model, so it is a failure of the server, which is tried again.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from contextvars import copy_context
from typing import Any, TypeVar

import dspy
from dspy.utils.exceptions import LMError, LMServerError, LMTimeoutError, LMUnexpectedError

T = TypeVar("T")
GRACE = 1.0
"""Seconds beyond the timeout; the transport's own, which closes the connection, comes first."""
MOST_CHARACTERS = 400_000
"""Length of an answer at most; what is longer is no answer to any stage."""
MOST_TOKENS = 10_000_000
"""Tokens that one request can have; no model reads or writes as many."""
CHARACTERS_PER_TOKEN = 3
"""For an estimate from above; English has some four, other languages fewer."""
_NO_ANSWER = "is not JSON"


def within(seconds: float | None, ask: Callable[[], T]) -> T:
    """The result of a blocking request, if it comes in time.

    A transport's timeout bounds each read only, so that a drip would never end. The request that is
    given up goes on in a thread that keeps no process alive.

    Args:
        seconds: The timeout of a request; None waits for ever.
        ask: Sends it.

    Raises:
        LMTimeoutError: It does not.
    """
    if seconds is None or dspy.settings.get("send_stream") is not None:
        return ask()
    context, done = copy_context(), Future[T]()

    def work() -> None:
        try:
            done.set_result(context.run(ask))
        except BaseException as error:  # noqa: BLE001 - raised where the result is waited for
            done.set_exception(error)

    threading.Thread(target=work, name="request", daemon=True).start()
    try:
        return done.result(seconds + GRACE)
    except Late:
        if done.done():
            raise
        raise late(seconds) from None


def late(seconds: float) -> LMTimeoutError:
    """The failure of a request that took too long as a whole."""
    return LMTimeoutError(f"the whole answer did not arrive within {seconds:g} seconds")


def as_server_failure(error: LMError) -> LMError:
    """The failure as one of the server, where what it sent cannot be read as an answer at all."""
    if isinstance(error, LMUnexpectedError) or _NO_ANSWER in str(error):
        return LMServerError(" ".join(str(error).split())[:300])
    return error


def must_be_an_answer(outputs: list[Any], response: object) -> list[Any]:
    """The outputs, without characters that no text may hold.

    Args:
        outputs: As DSPy reads them.
        response: What they were read from.

    Raises:
        LMServerError: The response holds no answer, or one that is too long.
    """
    raw = getattr(response, "provider_data", None)
    if isinstance(raw, Mapping) and (raw.get("error") or raw.get("choices", True) in ([], None)):
        said = " ".join(str(raw.get("error") or "no choices").split())[:200]
        raise LMServerError(f"the server answered without an answer: {said}")
    readable = [_readable(output) for output in outputs]
    length = max((len(str(output)) for output in readable), default=0)
    if length > MOST_CHARACTERS:
        raise LMServerError(f"the answer has {length:,} characters; at most {MOST_CHARACTERS:,}")
    return readable


def tokens(reported: object, text: str) -> tuple[int, bool]:
    """Tokens of a text: as reported, else an estimate; and whether they are as reported."""
    if isinstance(reported, int) and 0 <= reported <= MOST_TOKENS:
        return reported, True
    return -(-len(text) // CHARACTERS_PER_TOKEN), False


def _readable(output: Any) -> Any:  # noqa: ANN401 - DSPy's outputs are texts or records
    """Without lone surrogates, which JSON can carry and no file can."""
    if isinstance(output, str):
        return output.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(output, dict):
        return {name: _readable(value) for name, value in output.items()}
    return output
