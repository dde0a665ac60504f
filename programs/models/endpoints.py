"""The servers that answer for one model: their shares by weight, and a circuit for each.

An endpoint that fails is left alone for a while and the others take over. Which of them answers is
no part of a call, so that nothing of a result depends on it. A router of a client library would
repeat requests that no ledger counts.
"""

import os
import threading
from collections.abc import Sequence
from time import monotonic

from dspy.utils.exceptions import LMError, LMRateLimitError, is_retryable_lm_error

from .failures import is_shut_out
from .model_config import ModelConfig, Server, without_secrets
from .notices import Notice, Notices
from .pace import LEAST_PAUSE, Pace

DOWN_AFTER = 3
"""Requests in a row that must fail before an endpoint counts as down. One that refuses the key or
the model is down at once."""
REST = 30.0
"""Seconds for which an endpoint that is down is asked nothing; then one request tries it. Also the
most that it is left alone where it says that it has too much to do."""
LONGEST_WAIT = 1.0
"""Seconds after which a request that waits for an endpoint asks again at the latest."""


class Endpoint:
    """One server, as far as its requests have shown.

    Args:
        address: Its URL; None where the provider of the model is asked.
        weight: Its share of the requests, beside the weights of the others.
        pace: What it takes in a minute.
        key: Its own key; None where the model's is sent.
    """

    def __init__(
        self, address: str | None, weight: float, pace: Pace, key: str | None = None
    ) -> None:
        self.address = address
        self.weight = weight
        self.pace = pace
        self.key = key
        self.credit = 0.0
        """How far it is behind its share of the requests."""
        self.failures = 0
        """Requests in a row that failed."""
        self.down = False
        self.alone_until = 0.0
        """Before this time, by the monotonic clock, it is asked nothing."""


class Endpoints:
    """The servers of one model; safe from any thread.

    Args:
        config: Names them, and what each takes in a minute; by default one that takes anything.
        notices: Told when one is down, and when it answers again.

    Raises:
        ValueError: The environment has no variable that the configuration names for a key.
    """

    def __init__(self, config: ModelConfig | None = None, notices: Notices | None = None) -> None:
        servers = config.servers if config else ()
        limits = (config.requests_per_minute, config.tokens_per_minute) if config else ()
        self._model = config.model if config else ""
        self._notices = notices or Notices()
        self._lock = threading.Lock()
        self._all = [
            Endpoint(server.url, server.weight, Pace(*limits), _key(server)) for server in servers
        ]
        self._all = self._all or [Endpoint(None, 1.0, Pace(*limits))]
        self.terms = limits, tuple((server.weight, server.key_variable) for server in servers)
        """What all roles that these servers play must agree on: limits, weights, and keys."""

    def __len__(self) -> int:
        return len(self._all)

    def take(self, tokens: int, avoided: Endpoint | None = None) -> Endpoint | float:
        """The endpoint of the next request, which counts as sent; or the seconds until one is free.

        Args:
            tokens: What the request sends, estimated.
            avoided: Where it has just failed; asked only if there is no other.
        """
        with self._lock:
            now = monotonic()
            free = [one for one in self._all if one.alone_until <= now]
            up = [one for one in self._all if not one.down]
            if not free and up:
                return min(LONGEST_WAIT, min(one.alone_until for one in up) - now) or LEAST_PAUSE
            # where all are down, each is asked as a single server would be
            asked = free or self._all
            asked = [one for one in asked if one is not avoided] or asked
            asked.sort(key=lambda one: (not one.down, -one.credit - one.weight))
            pauses: list[float] = []
            for one in asked:
                if pause := one.pace.pause(tokens):
                    pauses.append(pause)
                    continue
                self._count(one, asked)
                if one.down:  # the one request that tries it
                    one.alone_until = now + REST
                return one
            return min(pauses)

    def answered(self, endpoint: Endpoint) -> None:
        """Note an answer."""
        with self._lock:
            was_down, endpoint.down = endpoint.down, False
            endpoint.failures, endpoint.alone_until = 0, 0.0
        if was_down:
            self._say(endpoint, f"{self._named(endpoint)} answers again and gets its share")

    def failed(self, endpoint: Endpoint, error: LMError) -> bool:
        """Note a failed request; whether another endpoint can be asked at once."""
        shut_out = is_shut_out(error)
        if len(self._all) == 1 or not (shut_out or is_retryable_lm_error(error)):
            return False
        with self._lock:
            now, was_down = monotonic(), endpoint.down
            if isinstance(error, LMRateLimitError):
                wait = min(REST, error.retry_after or LONGEST_WAIT)
                endpoint.alone_until = max(endpoint.alone_until, now + wait)
            else:
                endpoint.failures += 1
                endpoint.down = was_down or shut_out or endpoint.failures >= DOWN_AFTER
                if endpoint.down:
                    endpoint.alone_until = now + REST
            others = [one for one in self._all if one is not endpoint and not one.down]
            elsewhere = any(one.alone_until <= now for one in others)
        if endpoint.down and not was_down:
            cause = " ".join((error.message or str(error)).split())[:160].rstrip(".")
            told = f"{self._named(endpoint)} is down ({type(error).__name__}: {cause})"
            self._say(endpoint, f"{told}; {_what_now(len(others))}")
        return elsewhere

    @staticmethod
    def _count(taken: Endpoint, asked: Sequence[Endpoint]) -> None:
        """Smooth weighted round robin, as nginx has it.

        Each that could be asked gains its weight, and the one that is asked pays for all.
        """
        for one in asked:
            one.credit += one.weight
        taken.credit -= sum(one.weight for one in asked)

    def _named(self, endpoint: Endpoint) -> str:
        return f"the endpoint {without_secrets(endpoint.address)} of {self._model}"

    def _say(self, endpoint: Endpoint, sentence: str) -> None:
        self._notices.add(Notice(self._named(endpoint), endpoint.down, sentence))


def _what_now(others: int) -> str:
    """What becomes of the requests to an endpoint that is down."""
    if not others:
        return "none is left, and the run ends unless one answers again"
    count = "the other one takes" if others == 1 else f"the other {others} take"
    return f"{count} over, and it is tried again every {REST:.0f} seconds"


def _key(server: Server) -> str | None:
    """The server's own key, from the environment."""
    if server.key_variable is None:
        return None
    if not (key := os.environ.get(server.key_variable)):
        host = without_secrets(server.url)
        raise ValueError(
            f"the key of the endpoint {host} must be in the environment as {server.key_variable}"
        )
    return key
