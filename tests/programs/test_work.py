"""What every `Work` promises, held against each implementation."""

import random
from collections.abc import Callable, Generator, Iterable
from contextvars import Context
from itertools import islice
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from esc_skills.programs.work import Inline, Processes, Threads
from esc_skills.testing import WorkContract

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


class TestInline(WorkContract):
    plugin = Inline


class OneThread(Threads):
    def __init__(self) -> None:
        super().__init__(1)


class TestOneThread(WorkContract):
    plugin = OneThread


class TestEightThreads(WorkContract):
    plugin = Threads


class TestShuffled(WorkContract):
    plugin = Shuffled


@given(numbers=st.lists(st.integers(), max_size=60))
def test_results_of_any_list_come_in_the_order_of_the_items(numbers):
    with Threads(8) as work:
        assert list(work.map(lambda number: 2 * number, numbers)) == [2 * n for n in numbers]


def test_processes_execute_what_can_be_pickled():
    with Processes(2) as work:
        assert list(work.map(abs, range(-5, 5))) == [abs(n) for n in range(-5, 5)]
