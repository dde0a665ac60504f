"""Plays rollouts in parallel, within the budget, and stores each one.

`dspy.Evaluate` is not used, because it repeats slow items and scores failures as 0. Every model
call is cached (`memo`), so a restarted run replays its finished part at no cost, and calls that
banks share are made once.
"""

from bisect import bisect_left
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from typing import Any, TypeVar

from esc_skills.signatures.frozen import content_hash
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import SEEKER_TURNS, WORST_CHANGE
from esc_skills.signatures.rollouts import Exchange, Rollout, Spend
from esc_skills.signatures.skills import Bank

from .conduct.guard import Guard
from .conduct.privacy import PrivateText
from .models.failures import BudgetExhausted, DialogueError, NoReply
from .models.journal import Journal
from .models.ledger import metered
from .models.memo import CallMemo
from .models.roles import Models
from .models.seeds import seed_scope
from .simulation.dialogue import CALLS_PER_ANSWER, CALLS_PER_REPLY, Dialogue, State
from .simulation.seeker import Seeker, SeekerSettings
from .support.support_agent import SupportAgent
from .work import Threads, Work

Pair = tuple[Profile, int]
"""A profile and a replicate."""
Noise = Callable[[Bank], tuple[object, ...]]
"""Extra parts of the noise of a bank's dialogues, beyond seed, profile, replicate and turn."""
T = TypeVar("T")


def shared_noise(bank: Bank) -> tuple[object, ...]:
    """Same noise for all banks: common random numbers, and shared calls are paid once."""
    return ()


def own_noise(bank: Bank) -> tuple[object, ...]:
    """Separate noise for every bank, so that banks share no call."""
    return (bank.identity,)


class Runner:
    """Executes dialogues and other model work of a run.

    Args:
        models: The role models; their ledger holds the budget.
        journal: Where calls and finished rollouts are remembered; in memory by default.
        seed: The run's seed.
        threads: Dialogues that are played at once, where `work` is not given; the results do not
            depend on it.
        work: Executes the dialogues and other pieces of work; closed with the runner.
        on_rollout: Called with every rollout, in order, from the calling thread.
        seeker: How the simulator works.
        noise: What banks share their noise by.
        guard: Keeps all replies to the conduct and counts; one with the packaged rules by default.
    """

    def __init__(
        self,
        models: Models,
        *,
        journal: Journal | None = None,
        seed: int = 0,
        threads: int = 8,
        work: Work | None = None,
        on_rollout: Callable[[Rollout], None] | None = None,
        seeker: SeekerSettings | None = None,
        noise: Noise = shared_noise,
        guard: Guard | None = None,
    ) -> None:
        self.models = models
        self.ledger = models.ledger
        self.journal = Journal() if journal is None else journal
        self.memo = CallMemo(self.journal)
        self.seed = seed
        self.work = work or Threads(threads)
        self.on_rollout = on_rollout
        self.seeker = seeker or SeekerSettings()
        self.noise = noise
        self.guard = guard or Guard()
        self.private = PrivateText()
        """What the seekers of all dialogues so far keep to themselves."""
        self._played: dict[str, Rollout] = {}
        self._most = Spend(rollouts=1)

    def play(
        self, agent: SupportAgent, pairs: Sequence[Pair], *, turns: int = SEEKER_TURNS
    ) -> list[Rollout]:
        """Rollouts of the agent, in the order of `pairs`; fewer only where the budget ends.

        Which pairs are played before the budget ends does not depend on the number of threads: a
        rollout starts only if the budget holds the most that it could cost.

        Raises:
            Outage: A model server is down.
        """
        keys = [self._key(agent, *pair, turns) for pair in pairs]
        fresh = {
            key: partial(self._play, agent, *pair, turns)
            for key, pair in zip(keys, pairs, strict=True)
            if key not in self._played
        }
        waves = self._in_waves(list(fresh.values()), lambda: self.cost_of(1, turns))
        with self._closed_by_interrupt():
            for key, rollout in zip(fresh, waves, strict=False):
                self._remember(key, rollout)
                if self.on_rollout:
                    self.on_rollout(rollout)
        played: list[Rollout] = []
        for key in keys:
            if key not in self._played:
                break
            played.append(self._played[key])
        return played

    def replay(self, agent: SupportAgent, pairs: Sequence[Pair]) -> list[Rollout]:
        """`play` for pairs whose dialogues failed; they are tried again, and paid again."""
        for pair in pairs:
            self._played.pop(self._key(agent, *pair, SEEKER_TURNS), None)
        return self.play(agent, pairs)

    def answer(
        self,
        agent: SupportAgent,
        states: Sequence[State],
        about: frozenset[str] | None = None,
    ) -> list[Exchange | None]:
        """How the agent would answer at each state, and how that would be received.

        Args:
            agent: Who answers.
            states: Moments of played dialogues.
            about: Names of the skills that matter; None for all.

        Returns:
            One exchange for each state, None where a model failed or no such skill is used; fewer
            than states only where the budget ends. Where the agent itself gave no reply, an
            exchange with an empty one, which takes as much of the emotion as a reply can.
        """
        tasks = [partial(self._answer, agent, state, about) for state in states]
        calls = Spend(calls=CALLS_PER_ANSWER + self.guard.calls)
        with self._closed_by_interrupt():
            return list(self._in_waves(tasks, lambda: calls))

    def consult(self, ask: Callable[[], T], *scope: object) -> T:
        """The answer of `ask`, a piece of model work other than a rollout, seeded by its scope.

        Raises:
            DialogueError: A model failed.
            BudgetExhausted: The budget ran out.
        """
        with self._at_work(), seed_scope(self.seed, *scope):
            return ask()

    def cost_of(self, rollouts: int, turns: int = SEEKER_TURNS) -> Spend:
        """The most that so many rollouts can cost, as far as is known by now.

        Calls are bounded by the protocol; tokens and money by the dearest rollout so far.
        """
        calls = (turns - 1) * (CALLS_PER_REPLY + self.guard.calls)
        return Spend(
            rollouts=rollouts,
            calls=rollouts * calls,
            tokens_in=rollouts * self._most.tokens_in,
            tokens_out=rollouts * self._most.tokens_out,
            money=rollouts * self._most.money,
        )

    def likely_cost_of(self, rollouts: int) -> Spend:
        """What so many rollouts cost if none is dearer than the dearest so far.

        Before the first rollout, calls are bounded by the protocol.
        """
        calls = self._most.calls or self.cost_of(1).calls
        return self.cost_of(rollouts).model_copy(update={"calls": rollouts * calls})

    def affordable(self, tasks: int, most: Spend) -> int:
        """How many of some tasks the budget surely holds, each of which costs `most` at most."""
        counts = range(1, tasks + 1)
        return bisect_left(counts, True, key=lambda n: not self.ledger.room_for(most.times(n)))

    def close(self) -> None:
        """Stop: no further call starts, running rollouts end at their next call."""
        self.ledger.stop.set()
        self.work.close()

    def _in_waves(self, tasks: Sequence[Callable[[], T]], most: Callable[[], Spend]) -> Iterator[T]:
        """Results in order; a task starts only if the budget surely holds it, else none further.

        Args:
            tasks: The pieces of work.
            most: The most that one of them can cost, as far as is known when it is asked.
        """
        waiting = list(tasks)
        while waiting:
            wave = self.affordable(len(waiting), most())
            if not wave:
                return
            ended = False
            with closing(self.work.map(_within_budget, waiting[:wave])) as results:
                for result in results:  # to the last, so that the spend does not depend on threads
                    if isinstance(result, BudgetExhausted):
                        ended = True
                    elif not ended:
                        yield result
            if ended:
                return
            waiting = waiting[wave:]

    @contextmanager
    def _closed_by_interrupt(self) -> Generator[None]:
        """Where the user interrupts the block, running dialogues end at their next call."""
        try:
            yield
        except KeyboardInterrupt:
            self.close()
            raise

    @contextmanager
    def _at_work(self) -> Generator[None]:
        with self.memo.active(), self.models.active():
            yield

    def _noise_of(self, agent: SupportAgent) -> AbstractContextManager[None]:
        return seed_scope(*self.noise(agent.bank.value))

    def _dialogue(self, agent: SupportAgent, turns: int = SEEKER_TURNS) -> Dialogue:
        seeker = Seeker(self.seeker)
        return Dialogue(agent, seeker=seeker, guard=self.guard, seed=self.seed, turns=turns)

    def _play(self, agent: SupportAgent, profile: Profile, replicate: int, turns: int) -> Rollout:
        dialogue = self._dialogue(agent, turns)
        with metered() as meter, self._at_work(), self._noise_of(agent):
            try:
                rollout: Rollout = dialogue(profile=profile, replicate=replicate).rollout
            except DialogueError as failure:
                rollout = Rollout(
                    profile=profile.id,
                    group=profile.group,
                    replicate=replicate,
                    bank=agent.bank.value.identity,
                    ending="no reply" if isinstance(failure, NoReply) else "invalid",
                    error=str(failure),
                )
        self.private.add(profile, rollout)
        # a dialogue that was shared from its first word to its last has cost nothing
        counted = Spend(rollouts=1 if meter.spend.calls else 0)
        self.ledger.add(counted)
        return rollout.model_copy(update={"spend": meter.spend + counted})

    def _answer(
        self, agent: SupportAgent, state: State, about: frozenset[str] | None
    ) -> Exchange | None:
        with self._at_work(), self._noise_of(agent):
            try:
                return self._dialogue(agent).answer(state, about)
            except NoReply:
                lowest = max(0, state.emotion + WORST_CHANGE)
                return Exchange(seeker=state.played.seeker, reply="", emotion=lowest)
            except DialogueError:
                return None

    def _remember(self, key: str, rollout: Rollout) -> None:
        """Keep a rollout; one that failed is missing, and a restart tries it again."""
        self._played[key] = rollout
        self._most = Spend(
            **{
                name: max(value, getattr(rollout.spend, name))
                for name, value in self._most.model_dump().items()
            }
        )
        if rollout.valid and self.journal.get(key) is None:
            self.journal.put(key, {"rollout": rollout.model_dump(mode="json")})

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
                self.seeker.model_dump(exclude_defaults=True),
                self.guard.identity,
                self.seed,
                *self.noise(agent.bank.value),
            ]
        )


def _within_budget(task: Callable[[], T]) -> T | BudgetExhausted:
    """What the task returns, or the end of the budget as a value."""
    try:
        return task()
    except BudgetExhausted as ended:
        return ended


def _instructions(agent: SupportAgent) -> list[Any]:
    """What besides the bank can change the agent's replies: instructions and demonstrations."""
    return [
        [name, predictor.dump_state()["signature"], [str(demo) for demo in predictor.demos]]
        for name, predictor in agent.named_predictors()
    ]
