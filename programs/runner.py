"""Plays rollouts in parallel, within the budget, and stores each one.

`dspy.Evaluate` is not used, because it repeats slow items and scores failures as 0. Every model
call is cached (`memo`), so a restarted run replays its finished part at no cost, and calls that
banks share are made once.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from esc_skills.signatures.frozen import content_hash
from esc_skills.signatures.protocol import SEEKER_TURNS
from esc_skills.signatures.rollouts import Exchange, Rollout, Spend
from esc_skills.signatures.skills import Bank

from .conduct.guard import Guard
from .conduct.privacy import PrivateText
from .models.journal import Journal
from .models.ledger import ONE_CALL
from .models.memo import CallMemo
from .models.roles import Models
from .models.seeds import seed_scope
from .pieces import Task, in_order
from .simulation.dialogue import CALLS_PER_ANSWER, CALLS_PER_REPLY, State
from .simulation.playing import Answer, Pair, Play, Setting
from .simulation.seeker import SeekerSettings
from .support.support_agent import SupportAgent
from .work import Threads, Work

Noise = Callable[[Bank], tuple[object, ...]]
"""Extra parts of the noise of a bank's dialogues, beyond seed, profile, replicate and turn."""
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


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
        keys = self._keys(agent, pairs, turns)
        fresh = {
            key: pair for key, pair in zip(keys, pairs, strict=True) if key not in self._played
        }
        play = Play(self._setting(agent, turns))
        found = self.each(play, fresh.values(), lambda: self.cost_of(1, turns))
        for (key, (profile, _)), done in zip(fresh.items(), found, strict=False):
            self.ledger.add(Spend(rollouts=done.rollout.spend.rollouts))
            self.guard.counter.add(done.conduct)
            self.private.add(profile, done.rollout)
            self._remember(key, done.rollout)
            if self.on_rollout:
                self.on_rollout(done.rollout)
        played: list[Rollout] = []
        for key in keys:
            if key not in self._played:
                break
            played.append(self._played[key])
        return played

    def replay(self, agent: SupportAgent, pairs: Sequence[Pair]) -> list[Rollout]:
        """`play` for pairs whose dialogues failed; they are tried again, and paid again."""
        for key in self._keys(agent, pairs):
            self._played.pop(key, None)
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
        answer = Answer(self._setting(agent), about)
        most = Spend(calls=CALLS_PER_ANSWER + self.guard.calls)
        found: list[Exchange | None] = []
        for done in self.each(answer, states, lambda: most):
            self.guard.counter.add(done.conduct)
            found.append(done.exchange)
        return found

    def each(
        self,
        task: Task[A, B],
        items: Iterable[A],
        most: Callable[[], Spend] = lambda: ONE_CALL,
        *,
        every: bool = False,
    ) -> Iterator[B]:
        """The result of a task for each item, in order; fewer only where the budget ends.

        Args:
            task: Any model work that can be done for each item alone.
            items: What it is done with; taken as they are needed.
            most: The most that it can cost for one item, as far as is known when it is asked.
            every: Whether the end of the budget is an error.

        Raises:
            BudgetExhausted: The budget ends and every result is wanted.
            Outage: A model server is down.
        """
        with self._closed_by_interrupt():
            models, memo, work = self.models, self.memo, self.work
            yield from in_order(task, items, models, memo, work, most, every=every)

    def consult(self, ask: Callable[[], T], *scope: object) -> T:
        """The answer of `ask`, a piece of model work other than a rollout, seeded by its scope.

        Raises:
            DialogueError: A model failed.
            BudgetExhausted: The budget ran out.
        """
        with self.memo.active(), self.models.active(), seed_scope(self.seed, *scope):
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
        return self.ledger.affordable(tasks, most)

    def close(self) -> None:
        """Stop: no further call starts, running rollouts end at their next call."""
        self.ledger.stop.set()
        self.work.close()

    @contextmanager
    def _closed_by_interrupt(self) -> Generator[None]:
        """Where the user interrupts the block, running dialogues end at their next call."""
        try:
            yield
        except KeyboardInterrupt:
            self.close()
            raise

    def _setting(self, agent: SupportAgent, turns: int = SEEKER_TURNS) -> Setting:
        noise = self.noise(agent.bank.value)
        return Setting(agent, self.seeker, self.guard, self.seed, noise, turns)

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

    def _keys(
        self, agent: SupportAgent, pairs: Sequence[Pair], turns: int = SEEKER_TURNS
    ) -> list[str]:
        """What identifies the dialogues of pairs: everything that they depend on."""
        bank = agent.bank.value
        who = ["rollout", bank.identity, _instructions(agent)]
        how = [
            turns,
            self.models.identity,
            self.seeker.model_dump(exclude_defaults=True),
            self.guard.identity,
            self.seed,
            *self.noise(bank),
        ]
        return [
            content_hash([*who, profile.model_dump(mode="json"), replicate, *how])
            for profile, replicate in pairs
        ]


def _instructions(agent: SupportAgent) -> list[Any]:
    """What besides the bank can change the agent's replies: instructions and demonstrations."""
    return [
        [name, predictor.dump_state()["signature"], [str(demo) for demo in predictor.demos]]
        for name, predictor in agent.named_predictors()
    ]
