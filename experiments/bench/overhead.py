"""Time that the search itself takes, beside that of the dialogues and of the models."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from rich.table import Table

from esc_skills.optimizers.search import Search
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.optimizers.strategy import open_task
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.simulation.dialogue import State
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.protocol import SEEKER_TURNS
from esc_skills.signatures.rollouts import Exchange, Rollout

from .rehearsal_worlds import RehearsalWorld
from .tables import table_of

T = TypeVar("T")
BUDGET = Budget(calls=4_000)


class ClockedRunner(Runner):
    """A runner that knows how long it was asked to work."""

    def __init__(self, models: Models, **options: Any) -> None:  # noqa: ANN401 - as of Runner
        super().__init__(models, **options)
        self.seconds = 0.0

    def play(
        self, agent: SupportAgent, pairs: Sequence[Pair], *, turns: int = SEEKER_TURNS
    ) -> list[Rollout]:
        """As ever, clocked."""
        return self._clocked(lambda: super(ClockedRunner, self).play(agent, pairs, turns=turns))

    def answer(
        self, agent: SupportAgent, states: Sequence[State], about: frozenset[str] | None = None
    ) -> list[Exchange | None]:
        """As ever, clocked."""
        return self._clocked(lambda: super(ClockedRunner, self).answer(agent, states, about))

    def consult(self, ask: Callable[[], T], *scope: object) -> T:
        """As ever, clocked."""
        return self._clocked(lambda: super(ClockedRunner, self).consult(ask, *scope))

    def _clocked(self, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds += time.perf_counter() - started


def search_overhead() -> Table:
    """Milliseconds a rollout of one search in the default world, on one thread."""
    world = RehearsalWorld()
    profiles = world.profiles()
    models = Models(ledger=Ledger(BUDGET), engines={"rehearsal": world.engine()})
    runner = ClockedRunner(models, threads=1)
    settings = EvolutionSettings(generations=100, patience=100, policy_trials=0)
    agent = SupportAgent(world.first_bank())
    task = open_task(agent, profiles[::2], profiles[1::2], runner, settings)
    started = time.perf_counter()
    with suppress(BudgetExhausted):
        Search().run(task)
    seconds = time.perf_counter() - started
    runner.close()
    spend = runner.ledger.spend
    parts = {
        "model calls: here the rehearsal's, in DSPy's client": spend.seconds,
        "playing: prompts, parsing, memory, journal": runner.seconds - spend.seconds,
        "the search itself: evidence, choices, records": seconds - runner.seconds,
    }
    title = f"One search: {spend.rollouts} rollouts, {spend.calls:,} calls, one thread"
    rows = ((what, f"{1000 * spent / spend.rollouts:.2f}") for what, spent in parts.items())
    return table_of(title, ("what", "ms a rollout"), rows)
