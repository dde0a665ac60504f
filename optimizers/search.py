"""The search loop: propose, screen at single turns, confirm by whole dialogues, repeat.

The search is a pure function of its inputs and the runner's answers, and the runner stores answers.
Therefore a search that was killed and restarted ends with the same bank.
"""

from collections.abc import Callable
from itertools import count

from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.signatures.edits import Edit

from .acceptance import Acceptance
from .policy_tuning import best_policy
from .proposing import propose, train_pairs
from .strategy import SearchTask

Propose = Callable[[SearchTask, int], tuple[Edit, ...]]
"""Edits of a generation, after so many fruitless ones."""


class Search:
    """Evolves a bank generation by generation, then tunes the numbers of its policy.

    Args:
        propose: Where edits come from; analyst and editor by default.
    """

    def __init__(self, propose: Propose = propose) -> None:
        self._propose = propose

    def run(self, task: SearchTask) -> str:
        """Run the search; returns the reason for stopping.

        Raises:
            BudgetExhausted: The budget ended the search.
        """
        acceptance = Acceptance(task)
        try:
            acceptance.begin()
            stopped = self._generations(task, acceptance)
            _tune_policy(task, acceptance)
        except BudgetExhausted:
            acceptance.close()
            raise
        acceptance.close()
        return stopped

    def _generations(self, task: SearchTask, acceptance: Acceptance) -> str:
        """Run generations until the budget or target ends it; else patience or their number."""
        settings, fruitless, idle = task.settings, 0, 0
        for generation in count():
            task.record.generation = generation
            accepted = acceptance.consider(self._propose(task, fruitless))
            acceptance.make_sure()
            fruitless = 0 if accepted else fruitless + 1
            idle = idle + 1 if acceptance.exhausted else 0
            level = acceptance.incumbent.level
            if settings.target is not None and level and level.low >= 100 * settings.target:
                return f"target: validation score {settings.target} reached"
            if idle >= settings.patience:
                return f"nothing was left to try in {idle} generations"
            if task.budget_decides:
                if (
                    fruitless == settings.patience
                ):  # the texts seem exhausted: try the numbers, once
                    _tune_policy(task, acceptance)
            elif fruitless >= settings.patience:
                return f"patience: {fruitless} generations without an accepted edit"
            elif generation + 1 == settings.generations:
                return f"all {settings.generations} generations done"
            if not task.runner.ledger.room_for(task.runner.cost_of(1)):
                raise BudgetExhausted(task.runner.ledger.used_up())
        raise AssertionError("unreachable: generations are endless")


def _tune_policy(task: SearchTask, acceptance: Acceptance) -> None:
    """Tune the policy's numbers on train seekers, then put the best setting to the test."""
    settings, runner = task.settings, task.runner
    if not settings.policy_trials or not task.bank.skills:
        return
    pairs = train_pairs(task.train, settings.policy_pairs, -1, runner.seed)
    edit = best_policy(runner, acceptance.incumbent.agent, pairs, settings.policy_trials)
    if edit is not None:
        task.record.generation += 1
        acceptance.consider([edit])
