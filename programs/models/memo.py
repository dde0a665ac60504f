"""Cache of model calls by everything that they depend on: no call is paid twice.

A key holds the prompt, the model and the seed scope (run seed, profile, replicate, turn, role), but
not the bank. Two banks that put the same question at the same place therefore get the same answer,
from any endpoint, whether or not it honours seeds: their dialogues are identical, at no cost, until
the banks first send different prompts. These are exact common random numbers; another replicate is
still a new draw.
"""

import threading
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Spend

from .journal import Line, Record


class CallRecord(Frozen):
    """Origin of a cached answer, for later checks of a run."""

    role: str
    place: tuple[str, ...]
    """The seed scope: seed, profile, replicate, turn, then the stage and its attempt, from 0."""
    model: dict[str, Any]
    """Model, address and sampling parameters."""
    seed: int
    prompt: str
    """Hash of the prompt."""
    characters: int
    """Length of the prompt."""


class Records(Protocol):
    """Records by key: a journal, or what a piece of work elsewhere was sent of one."""

    def get(self, key: str) -> Record | None:
        """The record under the key, if there is one."""
        ...

    def put(self, key: str, record: Record) -> None:
        """Store a record."""
        ...

    def put_lines(self, lines: Mapping[str, Line]) -> None:
        """Store records as lines, at once."""
        ...

    def lines_at(self, place: Sequence[object]) -> dict[str, bytes]:
        """The lines, by key, of all calls whose place in the run begins like this."""
        ...


class CallMemo:
    """Calls of a run.

    Args:
        journal: Where the answers are kept.
        charged: Keys of calls that the run has been charged for.
    """

    def __init__(self, journal: Records, charged: Iterable[str] = ()) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._charged = set(charged)

    def known_at(self, place: Sequence[object]) -> tuple[dict[str, bytes], list[str]]:
        """What a piece of work elsewhere has to know: lines by key, and which of them are charged.

        Args:
            place: How the places of its calls begin.
        """
        lines = self._journal.lines_at(place)
        with self._lock:
            return lines, [key for key in lines if key in self._charged]

    def take_over(self, lines: Mapping[str, Line], charged: Iterable[str]) -> None:
        """Keep what pieces of work elsewhere were answered, and what they were charged for."""
        self._journal.put_lines(lines)
        with self._lock:
            self._charged.update(charged)

    @property
    def charged(self) -> frozenset[str]:
        """Keys of the calls that were charged for."""
        with self._lock:
            return frozenset(self._charged)

    def find(self, key: str) -> tuple[list[Any] | None, Spend | None]:
        """What is remembered of a call.

        A call that an earlier start of the run has paid is charged again on paper, so that a run
        that was interrupted spends its budget like one that was not.

        Returns:
            The answer, None where there is none yet; and what its requests have cost beyond the
            first one if this process has not been charged for them, else None. Requests that failed
            cost, too.
        """
        record = self._journal.get(key)
        if record is None:
            return None, None
        with self._lock:
            known = key in self._charged
            self._charged.add(key)
        return record["answer"], None if known else Spend.model_validate(record["spend"])

    def keep(self, key: str, answer: list[Any] | None, spend: Spend, about: CallRecord) -> None:
        """Remember an answer that was just paid, or what was paid without getting one."""
        with self._lock:
            self._charged.add(key)
        earlier = self._journal.get(key)
        if earlier is not None:
            spend = spend + Spend.model_validate(earlier["spend"]) + Spend(calls=1)
        more = spend.model_copy(update={"calls": spend.calls - 1})  # the first one is understood
        record = {
            "answer": answer,
            "spend": more.model_dump(exclude_defaults=True),
            "call": about.model_dump(mode="json"),
        }
        self._journal.put(key, record)

    @contextmanager
    def active(self) -> Generator[None]:
        """Within the block (and thread), seeded model calls are remembered here."""
        token = _memo.set(self)
        try:
            yield
        finally:
            _memo.reset(token)


_memo: ContextVar[CallMemo | None] = ContextVar("memo", default=None)


def active_memo() -> CallMemo | None:
    """The memo of the present block; None outside of any."""
    return _memo.get()
