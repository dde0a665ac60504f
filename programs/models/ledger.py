"""Accounting of spend and its hard limit, checked before every model call."""

import threading
from bisect import bisect_left
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from pydantic import Field

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Spend

from .failures import BudgetExhausted, Interrupted


class Budget(Frozen):
    """What may be spent; None is no limit."""

    rollouts: int | None = Field(default=None, ge=1)
    calls: int | None = Field(default=None, ge=1)
    tokens: int | None = Field(default=None, ge=1)
    money: float | None = Field(default=None, gt=0)

    def exceeded_by(self, *spends: Spend) -> str | None:
        """Which limit these together would break, in words; None if they fit."""
        for name in ("rollouts", "calls", "tokens", "money"):
            limit = getattr(self, name)
            if limit is not None and sum(getattr(spend, name) for spend in spends) > limit:
                return f"{limit:g} {name}"
        return None


ONE_CALL = Spend(calls=1)


class Meter:
    """Adds up the spend of one piece of work, and of the work that it is part of.

    Args:
        whole: The work that it is part of.
        budget: What it may spend itself; anything by default.
    """

    def __init__(self, whole: "Meter | None" = None, budget: Budget | None = None) -> None:
        self._lock = threading.Lock()
        self._spend = Spend()
        self._whole = whole
        self.budget = budget or Budget()

    def require_room(self, most: Spend) -> None:
        """Make sure that a call is within the budgets of the piece and of what it is part of.

        Raises:
            BudgetExhausted: It is not.
        """
        if limit := self.budget.exceeded_by(self._spend, most):
            raise BudgetExhausted(f"the share of {limit} of the budget is used up")
        if self._whole is not None:
            self._whole.require_room(most)

    def add(self, spend: Spend) -> None:
        """Count some spend in; safe from any thread."""
        with self._lock:
            self._spend = self._spend + spend
        if self._whole is not None:
            self._whole.add(spend)

    @property
    def spend(self) -> Spend:
        """What was counted so far."""
        return self._spend


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered(budget: Budget | None = None) -> Generator[Meter]:
    """Within the block, model calls of this thread also count on a meter of their own.

    Args:
        budget: What may be spent in the block; anything by default.
    """
    meter = Meter(_meter.get(), budget)
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


class Ledger(Meter):
    """Everything a run has spent, and what it may spend."""

    def __init__(self, budget: Budget | None = None) -> None:
        super().__init__(budget=budget)
        self.stop = threading.Event()
        """Set to make every further call raise `Interrupted`."""
        self.reserved = Spend()
        """Part of the budget that is kept for later work."""

    def open_call(self, most: Spend = ONE_CALL) -> None:
        """Count one model call, if the budget has it.

        Args:
            most: What it can cost at most; only the call itself is counted now.

        Raises:
            BudgetExhausted: The call could exceed the budget, or the share of its piece of work.
            Interrupted: The user asked to stop.
        """
        if self.stop.is_set():
            raise Interrupted
        meter = _meter.get()
        if meter is not None:
            meter.require_room(most)
        with self._lock:
            limit = self.budget.exceeded_by(self._spend, most, self.reserved)
            if limit is None:
                self._spend = self._spend + ONE_CALL
        if limit is not None:
            raise self.exhausted(limit)
        self._count_on_meter(ONE_CALL)

    def affordable(self, pieces: int, most: Spend) -> int:
        """How many of some pieces of work the budget surely holds, each of `most` at most."""
        counts = range(1, pieces + 1)
        return bisect_left(counts, True, key=lambda n: not self.room_for(most.times(n)))

    def share(self, parts: int) -> Budget:
        """What each of so many pieces of work may spend, so that all of them hold the budget."""
        left = {
            name: max(0, limit - getattr(self._spend + self.reserved, name))
            for name, limit in self.budget.model_dump(exclude_none=True).items()
            if name != "rollouts"  # which are counted when they are done
        }
        shares = {name: n / parts if name == "money" else n // parts for name, n in left.items()}
        return Budget().model_copy(update=shares)

    def close_call(self, spend: Spend) -> None:
        """Add what the call cost in tokens, money and seconds."""
        self.add(spend)
        self._count_on_meter(spend)

    def exhausted(self, limit: str = "the run") -> BudgetExhausted:
        """Why no further work is done, to be raised.

        Args:
            limit: The limit that would be exceeded, in words.
        """
        kept = self.reserved != Spend()
        return BudgetExhausted(self.used_up() if kept else f"the budget of {limit} is used up")

    def used_up(self) -> str:
        """Why work stops although the budget was not spent to the last call, in words."""
        spend, shares = self._spend, list[str]()
        for name, limit in self.budget.model_dump(exclude_none=True).items():
            spent, kept = getattr(spend, name), getattr(self.reserved, name)
            shares.append(f"{spent:,.10g} of {limit:,.10g} {name} spent, up to {kept:,.10g} kept")
        return (
            f"the search's part of the budget is used up ({'; '.join(shares)} for the sealed test; "
            "what is left may not hold another dialogue)"
        )

    def rest(self, seconds: float) -> None:
        """Wait before a call is tried again.

        Raises:
            Interrupted: The user asked to stop.
        """
        if self.stop.wait(seconds):
            raise Interrupted

    def room_for(self, spend: Spend) -> bool:
        """Whether that much could be spent on top."""
        return self.budget.exceeded_by(self._spend, self.reserved, spend) is None

    @staticmethod
    def _count_on_meter(spend: Spend) -> None:
        meter = _meter.get()
        if meter is not None:
            meter.add(spend)
