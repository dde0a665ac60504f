"""Plays rollouts: many at once, none twice, none past the budget, none lost.

Not `dspy.Evaluate`, which plays slow items again and scores failures as 0. A rollout is remembered
by everything that can change it, so a run that starts again replays its finished part for free.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from pydantic import BaseModel

from esc_skills.signatures.frozen import content_hash
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout, Spend

from .dialogue import CALLS_PER_REPLY, SEEKER_TURNS, Dialogue
from .failures import BudgetExhausted, DialogueError
from .journal import Journal
from .ledger import metered
from .models import Models
from .support_agent import SupportAgent

Pair = tuple[Profile, int]
"""A profile and a replicate."""
Answer = TypeVar("Answer", bound=BaseModel)


class Runner:
    """Executes dialogues and other model work of a run.

    Args:
        models: The role models; their ledger holds the budget.
        journal: Where finished work is remembered; in memory by default.
        seed: The run's seed.
        threads: Dialogues that are played at once; the results do not depend on it.
        on_rollout: Called with every rollout as it finishes, from the calling thread.
    """

    def __init__(
        self,
        models: Models,
        *,
        journal: Journal | None = None,
        seed: int = 0,
        threads: int = 8,
        on_rollout: Callable[[Rollout], None] | None = None,
    ) -> None:
        self.models = models
        self.ledger = models.ledger
        self.journal = Journal() if journal is None else journal
        self.seed = seed
        self.threads = threads
        self.on_rollout = on_rollout
        self._lock = threading.Lock()
        self._running: dict[str, Future[Rollout]] = {}
        self._charged: set[str] = set()
        self._most = Spend(rollouts=1)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="rollout")
        for record in self.journal.values():
            if record.get("lost"):
                self.ledger.add(Spend.model_validate(record["lost"]))

    def play(
        self, agent: SupportAgent, pairs: Sequence[Pair], *, turns: int = SEEKER_TURNS
    ) -> list[Rollout]:
        """Rollouts of the agent, in the order of `pairs`; fewer only where the budget ends.

        Which pairs are played before the budget ends does not depend on the number of threads: a
        rollout starts only if the budget holds the most that it could cost.
        """
        played: list[Rollout] = []
        waiting = list(pairs)
        while waiting:
            wave = self._affordable(agent, waiting, turns)
            if not wave:
                break
            done = dict(self.stream(agent, wave, turns=turns))
            played += [done[index] for index in sorted(done)]
            if len(done) < len(wave):
                break
            waiting = waiting[len(wave) :]
        return played

    def stream(
        self, agent: SupportAgent, pairs: Sequence[Pair], *, turns: int = SEEKER_TURNS
    ) -> Iterator[tuple[int, Rollout]]:
        """(Index in `pairs`, rollout) as they finish; ends early where the budget ends."""
        futures: dict[Future[Rollout], list[int]] = {}
        for index, (profile, replicate) in enumerate(pairs):
            future = self._start(agent, profile, replicate, turns)
            futures.setdefault(future, []).append(index)
        waiting = set(futures)
        try:
            while waiting:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    if isinstance(future.exception(), BudgetExhausted):
                        continue
                    rollout = future.result()
                    if self.on_rollout:
                        self.on_rollout(rollout)
                    for index in futures[future]:
                        yield index, rollout
        except BaseException:
            self.close()
            raise

    def consult(self, key: Sequence[Any], kind: type[Answer], ask: Callable[[], Answer]) -> Answer:
        """The answer of `ask`, a piece of model work other than a rollout; asked once per key.

        Args:
            key: Everything that the answer depends on, as JSON values.
            kind: The type of the answer.
            ask: Does the work.

        Raises:
            DialogueError: A model failed.
            BudgetExhausted: The budget ran out.
        """
        name = content_hash(["consult", list(key), self.models.identity, self.seed])
        record = self.journal.get(name)
        if record is not None:
            self._charge(name, Spend.model_validate(record["spend"]))
            return kind.model_validate(record["answer"])
        with metered() as meter, self.models.active():
            answer = ask()
        self._charged.add(name)
        self.journal.put(
            name,
            {"answer": answer.model_dump(mode="json"), "spend": meter.spend.model_dump()},
        )
        return answer

    def cost_of(self, rollouts: int, turns: int = SEEKER_TURNS) -> Spend:
        """The most that so many rollouts can cost, as far as is known by now.

        Calls are bounded by the protocol; tokens and money by the dearest rollout so far.
        """
        calls = (turns - 1) * CALLS_PER_REPLY
        return Spend(
            rollouts=rollouts,
            calls=rollouts * calls,
            tokens_in=rollouts * self._most.tokens_in,
            tokens_out=rollouts * self._most.tokens_out,
            money=rollouts * self._most.money,
        )

    def close(self) -> None:
        """Stop: no further call starts, running rollouts end at their next call."""
        self.ledger.stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _affordable(self, agent: SupportAgent, pairs: list[Pair], turns: int) -> list[Pair]:
        """The longest head of `pairs` that the budget surely holds."""
        fresh = 0
        for count, (profile, replicate) in enumerate(pairs):
            fresh += self._key(agent, profile, replicate, turns) not in self._charged
            if not self.ledger.room_for(self.cost_of(fresh, turns)):
                return pairs[:count]
        return pairs

    def _start(
        self, agent: SupportAgent, profile: Profile, replicate: int, turns: int
    ) -> Future[Rollout]:
        key = self._key(agent, profile, replicate, turns)
        with self._lock:
            running = self._running.get(key)
            if running is not None:
                return running
            record = self.journal.get(key)
            if record is not None and "rollout" in record:
                future: Future[Rollout] = Future()
                rollout = Rollout.model_validate(record["rollout"])
                self._account(key, rollout)
                future.set_result(rollout)
            else:
                future = self._pool.submit(self._play, key, agent, profile, replicate, turns)
            self._running[key] = future
        return future

    def _play(
        self, key: str, agent: SupportAgent, profile: Profile, replicate: int, turns: int
    ) -> Rollout:
        dialogue = Dialogue(agent, seed=self.seed, turns=turns)
        error = ""
        with metered() as meter, self.models.active():
            try:
                rollout: Rollout = dialogue(profile=profile, replicate=replicate).rollout
            except DialogueError as failure:
                error = str(failure)
                rollout = Rollout(
                    profile=profile.id,
                    group=profile.group,
                    replicate=replicate,
                    bank=agent.bank.value.identity,
                    ending="invalid",
                    error=error,
                )
        self.ledger.add(Spend(rollouts=1))
        rollout = rollout.model_copy(update={"spend": meter.spend + Spend(rollouts=1)})
        self._remember(key, rollout)
        return rollout

    def _remember(self, key: str, rollout: Rollout) -> None:
        """Keep a rollout; of one that failed only the spend, so that a restart tries it again."""
        with self._lock:
            self._charged.add(key)
            self._note_most(rollout.spend)
        if rollout.valid:
            self.journal.put(key, {"rollout": rollout.model_dump(mode="json")})
        else:
            self.journal.put(f"lost {key}", {"lost": rollout.spend.model_dump()})

    def _account(self, key: str, rollout: Rollout) -> None:
        """Charge a remembered rollout once, as if it had been played now."""
        self._note_most(rollout.spend)
        self._charge(key, rollout.spend)

    def _charge(self, key: str, spend: Spend) -> None:
        if key not in self._charged:
            self._charged.add(key)
            self.ledger.add(spend)

    def _note_most(self, spend: Spend) -> None:
        self._most = Spend(
            **{
                name: max(value, getattr(spend, name))
                for name, value in self._most.model_dump().items()
            }
        )

    def _key(self, agent: SupportAgent, profile: Profile, replicate: int, turns: int) -> str:
        return content_hash(
            [
                "rollout",
                agent.bank.value.identity,
                _instructions(agent),
                profile.model_dump(mode="json"),
                replicate,
                turns,
                self.models.identity,
                self.seed,
            ]
        )


def _instructions(agent: SupportAgent) -> list[Any]:
    """What besides the bank can change the agent's replies: instructions and demonstrations."""
    return [
        [name, predictor.dump_state()["signature"], [str(demo) for demo in predictor.demos]]
        for name, predictor in agent.named_predictors()
    ]
