"""Common random numbers: where every sampled token stream gets its seed from.

A seed is derived from (run seed, profile, replicate, turn, role, attempt), never from the
candidate, so that differences between banks are differences of banks. The scope is a context
variable: code that plays a dialogue opens it, the model of a role reads it.
"""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_scope: ContextVar[tuple[object, ...] | None] = ContextVar("seed_scope", default=None)


def derive_seed(*parts: object) -> int:
    """A seed in 0..2**31-1 that depends on every part and on nothing else."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") >> 1


@contextmanager
def seed_scope(*parts: object) -> Generator[None]:
    """Within the block, seeds derive from `parts` appended to those of the enclosing scope."""
    token = _scope.set((*(_scope.get() or ()), *parts))
    try:
        yield
    finally:
        _scope.reset(token)


def current_scope() -> tuple[object, ...]:
    """The present scope, from the run's seed to the stage and its attempt; empty outside any."""
    return _scope.get() or ()


def current_seed(role: str) -> int | None:
    """The seed of one call of `role` in the present scope; None outside any scope."""
    scope = _scope.get()
    return None if scope is None else derive_seed(*scope, role)
