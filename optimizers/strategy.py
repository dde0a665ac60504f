"""The protocol between `SkillEvolution` and a search strategy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from .events import Observer
from .record import Record
from .settings import EvolutionSettings

ROLLOUTS_AT_MOST = 99_999
"""More than any budget holds; what a budget of tokens holds is not known before the first one."""


@dataclass(frozen=True)
class SearchTask:
    """One search task: inputs, runner, settings and the record to write.

    See `open_task` for the arguments.
    """

    agent: SupportAgent
    """The supporter with the first bank."""
    train: Sequence[Profile]
    """Seekers to learn from, by id."""
    validation: Sequence[Profile]
    """Seekers on which candidates are compared, by id."""
    runner: Runner
    """Plays dialogues and other model work; holds seed, budget and memory."""
    settings: EvolutionSettings
    record: Record
    """Where decisions are written down; an accepted one changes `bank`."""

    @property
    def bank(self) -> Bank:
        """The best bank so far."""
        return self.record.banks[-1]

    @property
    def incumbent(self) -> SupportAgent:
        """The supporter with the best bank so far."""
        return self.agent.with_bank(self.bank)

    def play(self, bank: Bank, pairs: Sequence[Pair]) -> list[Rollout]:
        """Rollouts of the supporter with a bank, one for each pair.

        Raises:
            BudgetExhausted: The budget does not hold them all.
        """
        rollouts = self.runner.play(self.agent.with_bank(bank), pairs)
        if len(rollouts) < len(pairs):
            raise BudgetExhausted(self.runner.ledger.used_up())
        return rollouts

    @property
    def budget_decides(self) -> bool:
        """Whether a budget will end the search, so that nothing else needs to.

        One that no spend counts on, such as money for a model without a price, never does.
        """
        ledger = self.runner.ledger
        limits = ledger.budget.model_dump(exclude_none=True)
        return any(getattr(ledger.spend, name) > 0 for name in limits)

    @property
    def proposal_limit(self) -> int | None:
        """Proposals after which a search without a budget ends; None where a budget ends it.

        As many as `SkillEvolution`'s own search makes at most with the same settings.
        """
        limited = any(self.runner.ledger.budget.model_dump().values())
        return None if limited else self.settings.generations * self.settings.edits_first

    @property
    def affordable_rollouts(self) -> int:
        """Rollouts that the rest of the budget surely holds, as far as their cost is known."""
        if self.proposal_limit is not None:
            return self.proposal_limit * len(self.validation)
        return self.runner.affordable(ROLLOUTS_AT_MOST, self.runner.cost_of(1))


class Strategy(Protocol):
    """Searches for a better bank; one object may run any number of searches, one after another."""

    def run(self, task: SearchTask) -> str:
        """Run the search and return the reason for stopping, as a sentence part.

        Every candidate is put down in `task.record`; the last accepted one is the result.

        Raises:
            BudgetExhausted: The budget ended the search; the last accepted bank stands.
            DialogueError: A model that the search depends on failed for good; likewise.
        """
        ...


def open_task(
    agent: SupportAgent,
    train: Sequence[Profile],
    validation: Sequence[Profile],
    runner: Runner,
    settings: EvolutionSettings,
    observers: Sequence[Observer] = (),
) -> SearchTask:
    """A search task before its first step.

    Args:
        agent: The supporter whose bank is evolved.
        train: Seekers to learn from.
        validation: Seekers on which candidates are compared.
        runner: Plays the dialogues.
        settings: The dials.
        observers: Told of every event.
    """
    return SearchTask(
        agent=agent,
        train=sorted(train, key=lambda profile: profile.id),
        validation=sorted(validation, key=lambda profile: profile.id),
        runner=runner,
        settings=settings,
        record=Record(
            agent.bank.value,
            runner.ledger,
            observers,
            conduct=runner.guard.conduct,
            private=runner.private,
        ),
    )
