"""Our search without its trials at single turns: what they are worth, shown by leaving them out.

Configuration. Analyst, editor, memory of rejected edits, safety, challenge, error rate and pairs
are ours; every proposed edit is challenged alone, by whole dialogues, at the error rate.
"""

from esc_skills.optimizers.proposing import propose
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.learning.editor import new_edits
from esc_skills.signatures.edits import Edit, apply_edit

from .gating import challenge_candidate


class WholeDialogues:
    """Proposes as we do and challenges each edit by whole dialogues."""

    def run(self, task: SearchTask) -> str:
        """Search until patience, the generations or the budget end."""
        settings, fruitless = task.settings, 0
        for generation in range(settings.generations):
            task.record.generation = generation
            accepted = [_tried(task, edit) for edit in propose(task)]
            fruitless = 0 if any(accepted) else fruitless + 1
            if fruitless >= settings.patience:
                return f"patience: {fruitless} generations without an accepted edit"
            if task.proposal_limit is None and task.affordable_rollouts < 1:
                return task.runner.ledger.used_up()
        return f"all {settings.generations} generations done"


def _tried(task: SearchTask, edit: Edit) -> bool:
    """Whether the edit is new, applies, and is accepted."""
    tried = task.record.tried
    if not new_edits(task.bank, (edit,), tried):
        return False
    candidate = apply_edit(task.bank, edit)
    tried.add(candidate.identity)
    return challenge_candidate(task, candidate, (edit,))
