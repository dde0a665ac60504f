"""Edits as analyst and editor write them, for baselines with rules of their own."""

from collections.abc import Sequence

from esc_skills.metrics.sage.credit import credit
from esc_skills.programs.learning.analyst import TraceAnalyst
from esc_skills.programs.learning.editor import BankEditor
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.runner import Runner
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank


def edits_after(
    runner: Runner,
    rollouts: Sequence[Rollout],
    bank: Bank,
    rejected: Sequence[str],
    limit: int,
    key: tuple[object, ...],
) -> tuple[Edit, ...]:
    """What analyst and editor make of dialogues; empty where a model failed.

    Args:
        runner: Asks, and remembers what was answered.
        rollouts: Dialogues with the bank.
        bank: What is to be edited.
        rejected: Edits that were tried and did not help.
        limit: Edits at most.
        key: Names the occasion; it seeds the answers.

    Raises:
        BudgetExhausted: The budget is used up.
    """
    played = [rollout for rollout in rollouts if rollout.valid]
    if not played:
        return ()

    def ask() -> tuple[Edit, ...]:
        points = credit(played)
        findings = TraceAnalyst()(played, bank, points).findings
        return BankEditor()(
            bank, findings, points, rollouts=played, rejected=rejected, limit=limit
        ).edits

    try:
        return runner.consult(ask, *key)
    except DialogueError:
        return ()
