"""A process that executes pieces of work in its threads and hands over what they did.

It keeps nothing that another process needs: each call's answer leaves it at once, so that a worker
that dies costs the calls that are under way.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

from esc_skills.programs.models.journal import Line, Record, line_of, parsed
from esc_skills.programs.models.ledger import Meter, metered
from esc_skills.programs.models.memo import CallMemo
from esc_skills.programs.models.model_config import Role
from esc_skills.programs.models.notices import Notice
from esc_skills.programs.models.portable import PortableModels
from esc_skills.programs.models.roles import Models
from esc_skills.programs.pieces import Piecework
from esc_skills.signatures.rollouts import Spend

from .messages import Called, Done, Event, Known, ModelWork

KEPT = 16
"""Tasks and models that a worker keeps for further pieces."""


class CrewWorker:
    """Executes pieces; what happens is waited for in `take`.

    Args:
        threads: Pieces at once.
        keys: The key of each role whose model needs one.
    """

    def __init__(self, threads: int, keys: Mapping[Role, str]) -> None:
        self._keys = keys
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="piece")
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._lock = Lock()
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def begin(self, piece: int, refs: Sequence[Any], item: object, known: Known) -> None:
        """Execute a piece when a thread is free.

        Args:
            piece: Its number.
            refs: References to what is done and, for model work, to the models for it.
            item: What it is done with.
            known: What the run knows of its calls.
        """
        self._pool.submit(self._execute, piece, refs, item, known)

    def take(self, linger: float) -> list[Event]:
        """What has happened since this was asked last, once there is something.

        Args:
            linger: Seconds in which further events are waited for, since a question costs the
                driver about as much as the answer. The end of a piece is told at once: its thread
                may have nothing else to do.
        """
        events, until = [self._events.get()], time.monotonic() + linger
        with suppress(Empty):
            while not isinstance(events[-1], Done):
                events.append(self._events.get(timeout=max(0, until - time.monotonic())))
        while not self._events.empty():
            events.append(self._events.get())
        return list(_joined(events))

    def _execute(self, piece: int, refs: Sequence[Any], item: object, known: Known) -> None:
        telling = _Telling(piece, self._events)
        try:
            task, *models = map(self._got, refs)
            if models:
                telling.work(task, models[0], item, known)
            else:
                telling.done(Context().run(task, item))
        except BaseException as error:  # noqa: BLE001 - raised where the result is waited for
            telling.failed(error)

    def _got(self, ref: Any) -> Any:  # noqa: ANN401 - whatever it refers to
        """What a reference stands for, fetched and made once."""
        import ray

        name = ref.hex()
        with self._lock:
            if name not in self._kept:
                got = ray.get(ref)
                self._kept[name] = (
                    got.models(self._keys) if isinstance(got, PortableModels) else got
                )
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(name)
            return self._kept[name]


class _Telling:
    """Tells the driver of one piece, in the order in which things happen."""

    def __init__(self, piece: int, events: "SimpleQueue[Event]") -> None:
        self._piece, self._events = piece, events
        self._meter = Meter()
        self._told = Spend()
        self._memo: CallMemo | None = None
        self._charged: frozenset[str] = frozenset()
        self._models: Models | None = None

    def work(self, work: ModelWork, models: Models, item: object, known: Known) -> None:
        """Execute a piece of model work, and tell of each call as it ends."""
        self._models = models = models.with_own_readings()
        self._memo = CallMemo(_Sent(known.lines, self._called), known.charged)
        self._charged = frozenset(known.charged)
        with metered() as self._meter:
            result = Piecework(work.task, models, self._memo, work.share)(item)
        self.done(result)

    def done(self, result: object) -> None:
        """The piece has a result."""
        self._end(True, result)

    def failed(self, error: BaseException) -> None:
        """The piece has failed."""
        self._end(False, error)

    def _called(self, lines: Mapping[str, Line]) -> None:
        spend, charged = self._spent(), self._newly_charged()
        self._events.put(Called(self._piece, spend, lines, charged, self._notices()))

    def _end(self, succeeded: bool, outcome: object) -> None:
        from ray.cloudpickle import dumps  # pyright: ignore[reportAttributeAccessIssue]

        try:
            data = dumps(outcome)
        except Exception as error:  # noqa: BLE001 - whatever a result's own pickling raises
            succeeded = False
            data = dumps(RuntimeError(f"{type(outcome).__name__}: {error}"))
        models = self._models
        rows = models.readings.rows if models else ()
        prompts: dict[Role, tuple[int, int, int, list[bytes]]] = (
            {r: lm.prompts.taken() for r, lm in models.lms.items()} if models else {}
        )
        spend, charged = self._spent(), self._newly_charged()
        notices = self._notices()
        self._events.put(Done(self._piece, succeeded, data, spend, charged, notices, rows, prompts))

    def _spent(self) -> Spend:
        """What was spent since this was asked last."""
        spend, self._told = self._meter.spend - self._told, self._meter.spend
        return spend

    def _notices(self) -> list[Notice]:
        """What any piece of this worker has found out about servers, told by the first to end."""
        return self._models.notices.taken() if self._models else []

    def _newly_charged(self) -> list[str]:
        charged = self._memo.charged if self._memo else frozenset[str]()
        new, self._charged = charged - self._charged, charged
        return sorted(new)


def _joined(events: Iterable[Event]) -> Iterator[Event]:
    """The events, those of calls joined for each piece; a piece's end comes after its calls."""
    called: dict[int, Called] = {}
    ended: list[Done] = []
    for event in events:
        if isinstance(event, Done):
            ended.append(event)
        elif event.piece in called:
            before = called[event.piece]
            called[event.piece] = Called(
                event.piece,
                before.spend + event.spend,
                {**before.lines, **event.lines},
                [*before.charged, *event.charged],
                [*before.notices, *event.notices],
            )
        else:
            called[event.piece] = event
    yield from called.values()
    yield from ended


class _Sent:
    """The part of a journal that a piece was sent; what is put in goes back."""

    def __init__(
        self, lines: Mapping[str, bytes], on_put: Callable[[Mapping[str, Line]], None]
    ) -> None:
        self._lines, self._on_put = dict(lines), on_put

    def get(self, key: str) -> Record | None:
        """The record under a key."""
        return parsed(self._lines[key])[1] if key in self._lines else None

    def put(self, key: str, record: Record) -> None:
        """Keep a record, and send it back."""
        self.put_lines({key: line_of(key, record)})

    def put_lines(self, lines: Mapping[str, Line]) -> None:
        """Keep records, and send them back as they are."""
        self._lines.update((key, line.text) for key, line in lines.items())
        self._on_put(lines)

    def lines_at(self, place: Sequence[object]) -> dict[str, bytes]:
        """The lines that were sent, which are those of one place."""
        del place
        return dict(self._lines)
