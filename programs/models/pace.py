"""Pace of the requests to one server: so many a minute, and so many tokens."""

import threading
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

LEAST_PAUSE = 0.05
"""Seconds after which a request that has to wait asks again at the earliest."""


class Pace:
    """Keeps requests within a provider's limits a minute; safe from any thread.

    Args:
        requests: Requests a minute; None for any number.
        tokens: Tokens a minute, read and written; None for any number.
    """

    def __init__(self, requests: int | None = None, tokens: int | None = None) -> None:
        self.limits = requests, tokens
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._lock = threading.Lock()
        self._written = 0
        self._most = _limit("requests", requests)
        self._most_tokens = _limit("tokens", tokens)

    def pause(self, tokens: int) -> float:
        """Seconds for which a request has to wait and then ask again; 0 counts it as sent.

        Args:
            tokens: What it sends, estimated. A request of more than a minute's tokens counts as one
                of just these.
        """
        with self._lock:
            wanted: list[tuple[RateLimitItem, int]] = []
            if self._most:
                wanted.append((self._most, 1))
            if self._most_tokens:
                cost = min(tokens + self._written, self._most_tokens.amount)
                wanted.append((self._most_tokens, max(1, cost)))
            for limit, cost in wanted:
                if not self._limiter.test(limit, cost=cost):
                    free = self._limiter.get_window_stats(limit).reset_time - time.time()
                    return max(LEAST_PAUSE, min(1.0, free))
            for limit, cost in wanted:
                self._limiter.hit(limit, cost=cost)
            self._written = 0
            return 0.0

    def wrote(self, tokens: int) -> None:
        """Count the tokens of an answer, with the next request."""
        with self._lock:
            self._written += tokens


def _limit(name: str, amount: int | None) -> RateLimitItem | None:
    return None if amount is None else RateLimitItemPerMinute(amount, namespace=name)
