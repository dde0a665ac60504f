"""Edits as analyst and editor write them, for baselines with rules of their own."""

from collections.abc import Sequence

from esc_skills.metrics.sage.credit import credit
from esc_skills.optimizers.record import told
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.learning.analyst import TraceAnalyst
from esc_skills.programs.learning.editor import BankEditor
from esc_skills.programs.models.failures import DialogueError
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank


def edits_after(
    task: SearchTask,
    rollouts: Sequence[Rollout],
    bank: Bank,
    rejected: Sequence[str],
    limit: int,
    key: tuple[object, ...],
) -> tuple[Edit, ...]:
    """What analyst and editor make of dialogues; empty where a model failed.

    An edit that copies what a seeker keeps to itself is refused here: these optimizers play what
    they are given, and a supporter's prompt must not hold it.

    Args:
        task: Whose runner asks, and whose record has the refusals.
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
        edits = task.runner.consult(ask, *key)
    except DialogueError:
        return ()
    return tuple(edit for edit in edits if not _copies(task, edit, bank))


def _copies(task: SearchTask, edit: Edit, bank: Bank) -> bool:
    """Whether an edit copies private text; writes the refusal down."""
    copied = task.runner.private.copied_by(edit)
    if copied is not None:
        reason, rules = told([copied])
        task.record.decide([edit], bank, accepted=False, gate="safety", reason=reason, rules=rules)
    return copied is not None
