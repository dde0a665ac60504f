"""Pieces of work on the workers of a Ray cluster, as an executor.

The driver alone has the run's ledger and journal: it sends a piece what is known of its calls, and
enters what the worker tells of further ones. A piece whose worker dies is sent to another one and
goes on after the last call that the driver was told of.
"""

import logging
import pickle
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from itertools import count
from threading import RLock, Thread
from typing import Any, TypeVar

from esc_skills.programs.models.failures import Interrupted, Outage
from esc_skills.programs.models.ledger import ONE_CALL
from esc_skills.programs.models.portable import portable
from esc_skills.programs.models.roles import Models
from esc_skills.programs.pieces import Piecework

from .messages import Called, Done, Event, Known, ModelWork

B = TypeVar("B")
LOST_IN_A_ROW = 10
"""Workers that may die without any of them having told anything before work ends."""
QUESTIONS = 20
"""Times a second that the workers are asked for news of calls, all together; each costs the driver
some 0.8 ms. That a piece has ended is told at once."""
LINGER = 2.0
"""Seconds that a worker keeps news to itself at most, however many workers there are."""
TICK = 0.5
"""Seconds after which a wait for the workers looks whether work was closed."""
logger = logging.getLogger(__name__)


class RayExecutor(Executor):
    """Executes pieces of model work, and functions that can be pickled.

    Args:
        hire: Starts a worker, and gives its handle.
        workers: How many there are.
        threads: Pieces that each executes at once.
    """

    def __init__(self, hire: Callable[[], Any], workers: int, threads: int) -> None:
        import ray

        self._ray: Any = ray
        self._hire, self._threads = hire, threads
        self._lock = RLock()
        self._numbers = count()
        self._waiting: deque[_Piece] = deque()
        self._linger = min(LINGER, workers / QUESTIONS)
        self._crew = [self._hired() for _ in range(workers)]
        self._sent: dict[int, tuple[object, Any]] = {}
        """References to what was put into the object store, by identity of what it was made of."""
        self._lost = 0
        self._closed = False
        self._pump = Thread(target=self._listen, name="ray", daemon=True)
        self._pump.start()

    def submit(self, fn: Callable[..., B], /, *args: Any, **kwargs: Any) -> Future[B]:  # noqa: ANN401
        """Execute a function with one item."""
        assert not kwargs
        (item,) = args
        piece = _Piece(next(self._numbers), fn, item)
        with self._lock:
            self._waiting.append(piece)
            self._send()
        return piece.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Start nothing any more, and end the workers."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for piece in self._waiting:
                piece.future.cancel()
            self._waiting.clear()
            for member in self._crew:
                self._ray.kill(member.actor)
                for piece in member.pieces.values():
                    piece.future.set_exception(Interrupted())
                member.pieces.clear()
        if wait:
            self._pump.join()

    def _hired(self) -> "_Member":
        actor = self._hire()
        return _Member(actor, actor.take.remote(self._linger))

    def _send(self) -> None:
        """Send waiting pieces to workers that have room."""
        while self._waiting and not self._closed:
            member = min(self._crew, key=lambda one: len(one.pieces))
            if len(member.pieces) >= self._threads:
                return
            piece = self._waiting.popleft()
            if piece.begun or piece.future.set_running_or_notify_cancel():
                piece.begun = True
                member.pieces[piece.number] = piece
                self._begin(member, piece)

    def _begin(self, member: "_Member", piece: "_Piece") -> None:
        refs, known = [self._ref(piece.do)], Known({}, ())
        if isinstance(piece.do, Piecework):
            refs.append(self._ref(piece.do.models))
            known = Known(*piece.do.memo.known_at(piece.do.task.place(piece.item)))
        member.actor.begin.remote(piece.number, refs, piece.item, known)

    def _ref(self, what: object) -> Any:  # noqa: ANN401 - a reference of Ray
        """The reference to what all pieces of a kind need; the last few are kept."""
        if id(what) not in self._sent:
            sent = what
            if isinstance(what, Piecework):
                sent = ModelWork(what.task, what.share)
            elif isinstance(what, Models):
                sent = portable(what, len(self._crew))
            self._sent[id(what)] = (what, self._ray.put(sent))
            for old in [k for k, (o, _) in self._sent.items() if not isinstance(o, Models)][:-4]:
                del self._sent[old]
        return self._sent[id(what)][1]

    def _listen(self) -> None:
        """Take what the workers tell, until work is closed."""
        while not self._closed:
            with self._lock:
                takes = {member.take: member for member in self._crew}
            ready, _ = self._ray.wait(list(takes), num_returns=1, timeout=TICK)
            if ready:
                ready, _ = self._ray.wait(list(takes), num_returns=len(takes), timeout=0)
            for ref in ready:
                self._hear(takes[ref])

    def _hear(self, member: "_Member") -> None:
        try:
            events: list[Event] = self._ray.get(member.take)
        except self._ray.exceptions.RayError as error:
            with self._lock:
                if not self._closed:
                    self._replace(member, error)
            return
        member.take = member.actor.take.remote(self._linger)
        with self._lock:
            self._lost = 0
            told = [(member.pieces[e.piece], e) for e in events if e.piece in member.pieces]
            try:
                _settle(told)
            except Exception as error:  # noqa: BLE001 - a full disk, raised where results are due
                for piece in {piece for piece, _ in told}:
                    del member.pieces[piece.number]
                    piece.future.set_exception(error)
                told = []
            for piece, event in told:
                if isinstance(event, Done):
                    del member.pieces[piece.number]
                    _end(piece.future, event)
            self._send()

    def _replace(self, member: "_Member", error: Exception) -> None:
        """Hire another worker for one that is lost, and send its pieces again."""
        self._ray.kill(member.actor)
        self._lost += 1
        lost = list(member.pieces.values())
        self._crew.remove(member)
        if self._lost >= LOST_IN_A_ROW:
            reason = " ".join(str(error).split())[:200]
            outage = Outage(f"{self._lost} workers of the Ray cluster died in a row: {reason}")
            for piece in lost:
                piece.future.set_exception(outage)
            lost = []
        for piece in lost[: self._threads]:
            if isinstance(piece.do, Piecework):  # a request that is under way is billed, too
                piece.do.models.ledger.add(ONE_CALL)
        logger.warning(
            "A worker of the Ray cluster was lost; its %d pieces of work go on elsewhere.",
            len(lost),
        )
        self._waiting.extendleft(reversed(lost))
        self._crew.append(self._hired())
        self._send()


class _Member:
    """One worker, and what it has to do."""

    def __init__(self, actor: Any, take: Any) -> None:  # noqa: ANN401 - Ray's handle and reference
        self.actor, self.take = actor, take
        self.pieces: dict[int, _Piece] = {}


class _Piece:
    """An item that something is done with."""

    def __init__(self, number: int, do: Any, item: Any) -> None:  # noqa: ANN401
        self.number, self.do, self.item = number, do, item
        self.future: Future[Any] = Future()
        self.begun = False


def _settle(told: Sequence[tuple[_Piece, Event]]) -> None:
    """Enter what a worker tells into the run's books, at once for all pieces of a run."""
    runs: dict[int, list[tuple[Piecework[Any, Any], Event]]] = {}
    for piece, event in told:
        if isinstance(piece.do, Piecework):
            runs.setdefault(id(piece.do.memo), []).append((piece.do, event))
    for entries in runs.values():
        work = entries[0][0]
        lines = {
            key: line
            for _, event in entries
            if isinstance(event, Called)
            for key, line in event.lines.items()
        }
        work.memo.take_over(lines, [key for _, event in entries for key in event.charged])
        for one, event in entries:
            one.models.ledger.add(event.spend)
            for notice in event.notices:
                one.models.notices.add(notice)
            if isinstance(event, Done):
                one.models.readings.add(event.readings)
                for role, seen in event.prompts.items():
                    one.models.lms[role].prompts.add(*seen)


def _end(future: Future[Any], event: Done) -> None:
    """Hand over how a piece has ended."""
    outcome = pickle.loads(event.outcome)
    if event.succeeded:
        future.set_result(outcome)
    else:
        future.set_exception(outcome)
