"""What everything that executes work must do."""

import time
from collections.abc import Generator, Iterator
from contextvars import ContextVar
from itertools import count, islice
from pathlib import Path

import pytest

from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Inline, Work
from esc_skills.signatures.rollouts import Rollout

from .rehearsed import BANK, models, seekers

scope: ContextVar[str] = ContextVar("scope", default="nothing")


class WorkContract:
    """Results come in order, work is bounded and can be stopped, and any executor gives the same.

    The pieces of work are functions, some with closures, and can be pickled by cloudpickle.

    Attributes:
        plugin: The class of the `Work`, whose instances are made without arguments.
    """

    plugin: type[Work]

    @pytest.fixture
    def work(self) -> Generator[Work]:
        """The work, closed after the test."""
        made = self.plugin()
        yield made
        made.close()

    @pytest.mark.parametrize("length", [0, 1, 2, 7, 60])
    def test_results_come_in_the_order_of_the_items(self, work: Work, length: int) -> None:
        """However many there are."""
        numbers = [(7 * n) % 61 for n in range(length)]
        assert list(work.map(lambda number: 2 * number, numbers)) == [2 * n for n in numbers]

    def test_of_endless_items_only_a_bounded_number_is_taken(self, work: Work) -> None:
        """Memory does not grow with the number of items."""
        taken: list[int] = []

        def items() -> Iterator[int]:
            for number in count():
                taken.append(number)
                yield number

        results = work.map(str, items())
        assert [next(results) for _ in range(3)] == ["0", "1", "2"]
        results.close()
        assert len(taken) < 50

    def test_an_exception_is_raised_where_its_result_was_due(self, work: Work) -> None:
        """No further piece starts then, and the work can be used again."""
        started: list[int] = []

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
        assert list(work.map(do, range(3))) == [0, 1, 2]

    def test_closing_the_results_starts_nothing_and_waits_for_what_is_under_way(
        self, work: Work, tmp_path: Path
    ) -> None:
        """So that nobody pays for results that nobody takes."""

        def do(number: int) -> int:
            begun = tmp_path / f"{number} begun"
            begun.touch()
            time.sleep(0.01)
            begun.rename(tmp_path / f"{number} done")
            return number

        results = work.map(do, range(1000))
        next(results)
        results.close()
        assert not list(tmp_path.glob("* begun"))
        assert len(list(tmp_path.iterdir())) < 100

    def test_a_piece_sees_none_of_the_callers_context_variables(self, work: Work) -> None:
        """What it needs is in the function and its item."""
        token = scope.set("the caller's")
        assert list(work.map(_seen, range(3))) == ["nothing"] * 3
        scope.reset(token)

    def test_a_piece_leaves_no_context_variable_behind_for_the_next(self, work: Work) -> None:
        """Whichever worker executes it."""
        assert set(work.map(_seen_and_set, range(20))) == {"nothing"}

    def test_it_may_be_closed_twice(self, work: Work) -> None:
        """Whoever made it closes it, and so does a runner."""
        work.close()
        work.close()

    @pytest.mark.parametrize("calls", [150, 10_000])
    def test_dialogues_and_spend_do_not_depend_on_who_executes_them(
        self, work: Work, calls: int
    ) -> None:
        """Neither with a budget that ends in the middle, nor with one that is enough."""
        assert _played(work, calls) == _played(Inline(), calls)


def _seen(number: int) -> str:
    del number
    return scope.get()


def _seen_and_set(number: int) -> str:
    seen = scope.get()
    scope.set(f"piece {number}")
    return seen


def _played(work: Work, calls: int) -> tuple[list[Rollout], int]:
    ledger = Ledger(Budget(calls=calls))
    runner = Runner(models(ledger=ledger), work=work)
    pairs = [(profile, replicate) for profile in seekers()[:6] for replicate in range(2)]
    rollouts = runner.play(SupportAgent(BANK), pairs)
    runner.close()
    timeless = [
        rollout.model_copy(update={"spend": rollout.spend.model_copy(update={"seconds": 0})})
        for rollout in rollouts
    ]
    return timeless, ledger.spend.calls
