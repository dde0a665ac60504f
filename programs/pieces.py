"""Pieces of model work: independent of each other, executed anywhere, each within its own budget.

A task is data and code alone, so that a `Work` may execute it in another process or on another
machine. What a piece changes of the run (calls, spend, counts) it changes through the models and
the memo that it is given there; the run itself has one owner.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Generic, Protocol, TypeVar

from esc_skills.signatures.rollouts import Spend

from .models.failures import BudgetExhausted
from .models.ledger import ONE_CALL, Budget, metered
from .models.memo import CallMemo
from .models.roles import Models
from .work import Work

A = TypeVar("A")
B = TypeVar("B")
Item = TypeVar("Item", contravariant=True)
Result = TypeVar("Result", covariant=True)
AT_ONCE = 256
"""Pieces among which a budget is shared out at once, at most."""


class Task(Protocol[Item, Result]):
    """What is done with each item; it and the items can be pickled."""

    def __call__(self, item: Item) -> Result:
        """The result for an item, by the active models."""
        ...

    def place(self, item: Item) -> tuple[object, ...]:
        """Where in the run the calls for an item are made: how their seed scopes begin."""
        ...


@dataclass(frozen=True)
class Piecework(Generic[A, B]):
    """A task with what it works with; a `Work` may execute the task elsewhere, with their like."""

    task: Task[A, B]
    models: Models
    memo: CallMemo
    share: Budget
    """What each piece may spend."""

    def __call__(self, item: A) -> B | BudgetExhausted:
        """The result for an item; the end of its share as a value."""
        with metered(self.share), self.memo.active(), self.models.active():
            try:
                return self.task(item)
            except BudgetExhausted as ended:
                return ended


def in_order(
    task: Task[A, B],
    items: Iterable[A],
    models: Models,
    memo: CallMemo,
    work: Work,
    most: Callable[[], Spend] = lambda: ONE_CALL,
    *,
    every: bool = False,
) -> Iterator[B]:
    """The result of a task for each item, in order; fewer only where the budget ends.

    The budget is shared out among the pieces before they start, so that it holds wherever they are
    executed, and which of them are done does not depend on how many are at once. A piece that its
    share was too small for goes on where it was, with a larger one.

    Args:
        task: What is done.
        items: What it is done with; taken as they are needed.
        models: Answer; their ledger has the budget.
        memo: Remembers the answers.
        work: Executes the pieces.
        most: The most that one of them can cost, as far as is known when it is asked.
        every: Whether the end of the budget is an error.

    Raises:
        BudgetExhausted: The budget ends and every result is wanted.
        Outage: A model server is down.
    """
    pieces = partial(Piecework[A, B], task, models, memo)
    ledger, source = models.ledger, iter(items)
    waiting, short, count, dear = list[A](), False, 0, Spend()
    # where nothing is known of its tokens, one piece tells what the others may cost
    blind = (ledger.budget.tokens or ledger.budget.money) and not most().tokens
    limit = 1 if blind else AT_ONCE
    while not (short and count == 1):
        waiting += islice(source, AT_ONCE - len(waiting))
        known = most()
        known = known if known.tokens else known + dear
        count = min(limit, ledger.affordable(len(waiting), known))
        if not count:
            break
        before = ledger.spend
        done, short = 0, False
        with closing(work.map(pieces(ledger.share(count)), waiting[:count])) as results:
            for result in results:  # to the last, so that the spend does not depend on threads
                if isinstance(result, BudgetExhausted):
                    short = True
                elif not short:
                    done += 1
                    yield result
        limit = max(1, count // 2) if short else AT_ONCE
        dear = _twice_the_mean(ledger.spend - before, count)
        waiting = waiting[done:]
    if waiting and every:
        raise ledger.exhausted()


def _twice_the_mean(spend: Spend, pieces: int) -> Spend:
    """What a piece may cost in tokens and money, by what some have cost."""
    return Spend(
        tokens_in=2 * spend.tokens_in // pieces,
        tokens_out=2 * spend.tokens_out // pieces,
        money=2 * spend.money / pieces,
    )
