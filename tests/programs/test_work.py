"""What every `Work` promises, held against each implementation."""

import random
import threading
from collections.abc import Callable, Generator, Iterable
from contextvars import Context, ContextVar
from functools import partial
from itertools import count, islice
from typing import TypeVar

import pytest
from fakes import CountingEngine
from hypothesis import given
from hypothesis import strategies as st

from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Inline, Processes, Threads, Work
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

A = TypeVar("A")
B = TypeVar("B")


class Shuffled:
    """Executes a block of items in random order, as an engine with many machines would."""

    def __init__(self, block: int = 5) -> None:
        self.rng, self.block = random.Random(0), block

    def map(self, do: Callable[[A], B], items: Iterable[A]) -> Generator[B, None, None]:
        source = iter(items)
        while block := list(islice(source, self.block)):
            done: dict[int, B | ValueError] = {}
            for place in self.rng.sample(range(len(block)), len(block)):
                try:
                    done[place] = Context().run(do, block[place])
                except ValueError as failure:
                    done[place] = failure
            for place in range(len(block)):
                result = done[place]
                if isinstance(result, ValueError):
                    raise result
                yield result

    def close(self) -> None: ...


MAKERS: dict[str, Callable[[], Work]] = {
    "inline": Inline,
    "one thread": partial(Threads, 1),
    "eight threads": partial(Threads, 8),
    "shuffled": Shuffled,
}
scope: ContextVar[str] = ContextVar("scope", default="nothing")


@pytest.fixture(params=MAKERS)
def work(request):
    made = MAKERS[request.param]()
    yield made
    made.close()


@given(numbers=st.lists(st.integers(), max_size=60))
@pytest.mark.parametrize("name", MAKERS)
def test_results_come_in_the_order_of_the_items(name, numbers):
    work = MAKERS[name]()
    assert list(work.map(lambda number: 2 * number, numbers)) == [2 * n for n in numbers]
    work.close()


def test_of_endless_items_only_a_bounded_number_is_taken(work):
    taken = []

    def items():
        for number in count():
            taken.append(number)
            yield number

    results = work.map(str, items())
    assert [next(results) for _ in range(3)] == ["0", "1", "2"]
    results.close()
    assert len(taken) < 50


def test_an_exception_is_raised_where_its_result_was_due_and_no_further_piece_starts(work):
    started = []

    def do(number: int) -> int:
        started.append(number)
        if number == 7:
            raise ValueError("seven")
        return number

    results = work.map(do, range(1000))
    assert list(islice(results, 7)) == list(range(7))
    with pytest.raises(ValueError, match="seven"):
        next(results)
    before = len(started)
    assert before < 100
    assert len(started) == before
    assert list(work.map(do, range(3))) == [0, 1, 2]  # and it can be used again


def test_closing_the_results_starts_nothing_further_and_waits_for_what_is_under_way(work):
    under_way, lock = [0], threading.Lock()

    def do(number: int) -> int:
        with lock:
            under_way[0] += 1
        threading.Event().wait(0.01)
        with lock:
            under_way[0] -= 1
        return number

    results = work.map(do, range(1000))
    next(results)
    results.close()
    assert under_way == [0]


def test_a_piece_sees_none_of_the_callers_context_variables(work):
    token = scope.set("the caller's")
    assert list(work.map(lambda _: scope.get(), range(3))) == ["nothing"] * 3
    scope.reset(token)


def test_a_piece_leaves_no_context_variable_behind_for_the_next(work):
    def do(number: int) -> str:
        seen = scope.get()
        scope.set(f"piece {number}")
        return seen

    assert set(work.map(do, range(20))) == {"nothing"}


def test_processes_execute_what_can_be_pickled():
    with Processes(2) as work:
        assert list(work.map(abs, range(-5, 5))) == [abs(n) for n in range(-5, 5)]


def played(
    work: Work, profiles: list[Profile], bank: Bank, calls: int
) -> tuple[list[Rollout], int]:
    ledger = Ledger(Budget(calls=calls))
    runner = Runner(Models(engines={"rehearsal": CountingEngine()}, ledger=ledger), work=work)
    rollouts = runner.play(SupportAgent(bank), [(p, r) for p in profiles[:6] for r in range(2)])
    runner.close()
    timeless = [
        r.model_copy(update={"spend": r.spend.model_copy(update={"seconds": 0})}) for r in rollouts
    ]
    return timeless, ledger.spend.calls


@pytest.mark.parametrize("calls", [150, 10_000])
@pytest.mark.parametrize("name", MAKERS)
def test_dialogues_and_spend_do_not_depend_on_who_executes_them(name, calls, profiles, bank):
    expected = played(Inline(), profiles, bank, calls)
    assert played(MAKERS[name](), profiles, bank, calls) == expected
