"""Health of a model: separates a lost call from an outage.

A call that fails among others that succeed is missing data. A model that fails every call is down,
at all of its servers, and the run must end, or its silence would become results (a circuit
breaker). The circuits of its single servers are in `endpoints`.
"""

import threading
import time
from datetime import datetime
from itertools import count

from dspy.utils.exceptions import LMError, is_retryable_lm_error

from .endpoints import Endpoint, Endpoints
from .failures import Outage, is_shut_out
from .formats import Formats
from .habits import Habits

FAILING = 5
"""Different calls that must fail, with no answer in between, before a server can count as down."""
REFUSED = 20
"""The same where the server answers and refuses each request as invalid, as a content filter does:
several seekers in a row may say what it refuses."""
LONGEST_PAUSE = 60.0
"""Seconds that a call waits at most before it is tried again, whatever the server asks for."""
RECOVERY = 10.0
"""Seconds for which every call to a server that is down fails at once. After that it is tried
again, so that models which outlive a run work again when their server does."""
_numbers = count()


class Health:
    """The health of one server, from the outcomes of its calls; safe from any thread.

    Args:
        name: The model and its address, for messages.
        patience: Seconds without any answer, while every call fails, after which a server that has
            answered before counts as down; None never counts it as down.
        endpoints: The servers that answer for it; one that takes any number of requests by default.
    """

    def __init__(
        self, name: str, patience: float | None, endpoints: Endpoints | None = None
    ) -> None:
        self.name = name
        self.patience = patience
        self.endpoints = endpoints or Endpoints()
        self.habits = Habits(name)
        """Parameters that it refuses to be sent."""
        self.formats = Formats(name)
        """How it is asked for a form."""
        self.answers = 0
        """Requests that were answered so far."""
        self._lock = threading.Lock()
        self._failing: set[int] = set()
        self._failures = 0
        self._since = 0.0
        self._last: LMError | None = None
        self._down: tuple[float, str] | None = None

    def must_have(self, endpoints: Endpoints) -> None:
        """Make sure that all roles which the server plays name the same limits, weights and keys.

        Raises:
            ValueError: They do not.
        """
        if self.endpoints.terms != endpoints.terms:
            raise ValueError(
                f"{self.name} plays several roles, so requests_per_minute, tokens_per_minute, "
                "key_variable and weights must be the same in each of them."
            )

    def require_up(self) -> None:
        """Let no call start while the server is known to be down.

        Raises:
            Outage: It is.
        """
        with self._lock:
            if self._down is None:
                return
            declared, reason = self._down
            if time.monotonic() - declared < RECOVERY:
                raise Outage(reason)
            self._forget()

    def answered(self) -> None:
        """Note an answer: whatever failed before was no outage."""
        with self._lock:
            self.answers += 1
            self._forget()

    def failed(self, call: int, error: LMError, *, given_up: bool) -> bool:
        """Note a failed request.

        Args:
            call: The number of the call that it belongs to.
            error: How it failed.
            given_up: Whether the call has no further try.

        Returns:
            Whether all calls seem to fail, so that this one should wait with the others.

        Raises:
            Outage: The server is down.
        """
        with self._lock:
            if not self._failures:
                self._since = time.monotonic()
            self._failing.add(call)
            self._failures += 1
            self._last = error
            waits = self.answers > 0 and is_retryable_lm_error(error)
            if self.patience is None or len(self._failing) < _needed(error):
                return False
            silent = time.monotonic() - self._since
            if silent >= self.patience if waits else given_up:
                self._down = time.monotonic(), self._reason(error, silent)
                raise Outage(self._down[1])
            return waits

    def require_any_answer(self) -> None:
        """Make sure that work which asked the server anything was answered at least once.

        Raises:
            Outage: Nothing was answered, and not because the requests themselves were invalid.
        """
        error = self._last
        if self.answers or error is None or _needed(error) == REFUSED:
            return
        raise Outage(self._reason(error, time.monotonic() - self._since))

    def _forget(self) -> None:
        self._failing.clear()
        self._failures, self._last, self._down = 0, None, None

    def _reason(self, error: LMError, silent: float) -> str:
        began = datetime.fromtimestamp(time.time() - silent).strftime("%H:%M:%S")
        requests = "1 request" if self._failures == 1 else f"{self._failures} requests in a row"
        cause = " ".join(str(error).split())[:200].rstrip(".")
        return (
            f"the model {self.name} has not answered since {began}: {requests} failed, the last "
            f"with {type(error).__name__}: {cause}"
        )


class Tries:
    """One call with its tries.

    Args:
        health: Of the server that is called.
        retries: Further tries that a call has.
    """

    def __init__(self, health: Health, retries: int) -> None:
        self._health = health
        self._left = retries
        self._moves = len(health.endpoints) - 1
        self._call = next(_numbers)
        self._failures = 0
        self.endpoint: Endpoint | None = None
        """Where the present try goes."""

    def pause_before(self, tokens: int) -> float:
        """Seconds to wait and then ask again; 0 once the next try has its `endpoint`.

        Args:
            tokens: What the request sends, estimated.
        """
        taken = self._health.endpoints.take(tokens, self.endpoint)
        if isinstance(taken, Endpoint):
            self.endpoint = taken
            return 0.0
        return taken

    def answered(self) -> None:
        """Note that the present try was answered."""
        self._health.answered()
        if self.endpoint is not None:
            self._health.endpoints.answered(self.endpoint)

    def pause_after(self, error: LMError, *, final: bool = False) -> float:
        """Seconds to wait before the next try; none where another endpoint takes over.

        Args:
            error: How the last one failed.
            final: Whether the call cannot be repeated, since part of its answer was shown.

        Raises:
            LMError: There is no further try; the error itself.
            Outage: The server is down.
        """
        elsewhere = self.endpoint is not None and self._health.endpoints.failed(
            self.endpoint, error
        )
        moves = elsewhere and not final and self._moves > 0
        again = is_retryable_lm_error(error) and not final
        given_up = not moves and (not again or self._left <= 0)
        waits = self._health.failed(self._call, error, given_up=given_up)
        if given_up and not (again and waits):
            raise error
        if moves:
            self._moves -= 1
            return 0.0
        self._left -= 1
        hint = getattr(error, "retry_after", None)
        pause = 2.0 ** min(self._failures, 6) if hint is None else float(hint)
        self._failures += 1
        return min(pause, LONGEST_PAUSE)


def _needed(error: LMError) -> int:
    """Different calls that must fail in this way before it tells of the server."""
    return FAILING if is_shut_out(error) or is_retryable_lm_error(error) else REFUSED
