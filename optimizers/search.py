"""The search itself: propose, screen at single turns, confirm by whole dialogues, until the end.

A pure function of its inputs and of what the runner answers, and the runner remembers: that is what
makes a search that was killed and started again end with the same bank.
"""

from esc_skills.programs.models.failures import BudgetExhausted

from .acceptance import Acceptance
from .policy_tuning import best_policy
from .proposing import propose, train_pairs
from .strategy import BUDGET_USED_UP, SearchTask


class Search:
    """Evolves a bank generation by generation, then tunes the numbers of its policy."""

    def run(self, task: SearchTask) -> str:
        """Search until something says stop; returns the reason.

        Raises:
            BudgetExhausted: The budget ended the search.
        """
        acceptance = Acceptance(task)
        try:
            stopped = _generations(task, acceptance)
            _tune_policy(task, acceptance)
        except BudgetExhausted:
            acceptance.close()
            raise
        acceptance.close()
        return stopped


def _generations(task: SearchTask, acceptance: Acceptance) -> str:
    settings, fruitless = task.settings, 0
    for generation in range(settings.generations):
        task.record.generation = generation
        accepted = acceptance.consider(propose(task, fruitless), fruitless)
        fruitless = 0 if accepted else fruitless + 1
        if fruitless >= settings.patience:
            return f"patience: {fruitless} generations without an accepted edit"
        level = acceptance.incumbent.level
        if settings.target is not None and level and level.low >= 100 * settings.target:
            return f"target: validation score {settings.target} reached"
        if not task.runner.ledger.room_for(task.runner.cost_of(1)):
            raise BudgetExhausted(BUDGET_USED_UP)
    return f"all {settings.generations} generations done"


def _tune_policy(task: SearchTask, acceptance: Acceptance) -> None:
    """Tune the policy's numbers on train seekers, then put the best setting to the test."""
    settings, runner = task.settings, task.runner
    if not settings.policy_trials or not task.bank.skills:
        return
    pairs = train_pairs(task.train, settings.policy_pairs, -1, runner.seed)
    edit = best_policy(runner, acceptance.incumbent.agent, pairs, settings.policy_trials)
    if edit is not None:
        task.record.generation = settings.generations
        acceptance.consider([edit])
