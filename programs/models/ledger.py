"""Accounting of spend and its hard limit, checked before every model call."""

import threading
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

    def exceeded_by(self, spend: Spend) -> str | None:
        """Which limit this spend would break, in words; None if it fits."""
        for name in ("rollouts", "calls", "tokens", "money"):
            limit = getattr(self, name)
            if limit is not None and getattr(spend, name) > limit:
                return f"{limit:g} {name}"
        return None


class Meter:
    """Adds up the spend of one piece of work, and of the work that it is part of."""

    def __init__(self, whole: "Meter | None" = None) -> None:
        self._lock = threading.Lock()
        self._spend = Spend()
        self._whole = whole

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
def metered() -> Generator[Meter]:
    """Within the block, model calls of this thread also count on a meter of their own."""
    meter = Meter(_meter.get())
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


class Ledger(Meter):
    """Everything a run has spent, and what it may spend."""

    def __init__(self, budget: Budget | None = None) -> None:
        super().__init__()
        self.budget = budget or Budget()
        self.stop = threading.Event()
        """Set to make every further call raise `Interrupted`."""
        self.reserved = Spend()
        """Part of the budget that is kept for later work."""

    def open_call(self) -> None:
        """Count one model call, if the budget has it.

        Raises:
            BudgetExhausted: The call would exceed the budget.
            Interrupted: The user asked to stop.
        """
        if self.stop.is_set():
            raise Interrupted
        with self._lock:
            after = self._spend + Spend(calls=1)
            limit = self.budget.exceeded_by(after + self.reserved)
            if limit is None:
                self._spend = after
        if limit is not None:
            kept = self.reserved != Spend()
            raise BudgetExhausted(self.used_up() if kept else f"the budget of {limit} is used up")
        self._count_on_meter(Spend(calls=1))

    def close_call(self, spend: Spend) -> None:
        """Add what the call cost in tokens, money and seconds."""
        self.add(spend)
        self._count_on_meter(spend)

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
        return self.budget.exceeded_by(self._spend + self.reserved + spend) is None

    @staticmethod
    def _count_on_meter(spend: Spend) -> None:
        meter = _meter.get()
        if meter is not None:
            meter.add(spend)
