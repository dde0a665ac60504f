"""Our search without its trials at single turns: what they are worth, shown by leaving them out.

Configuration. Analyst, editor, memory of rejected edits, safety, challenge, error rate and pairs
are ours; every proposed edit is challenged alone, by whole dialogues, at the error rate.
"""

from esc_skills.optimizers.proposing import propose
from esc_skills.optimizers.record import Record
from esc_skills.programs.learning.editor import new_edits
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.signatures.edits import Edit, apply_edit

from .gating import judged
from .peer import Peer, Stopped


class WholeDialogues(Peer):
    """Proposes as we do and challenges each edit by whole dialogues."""

    def _search(self) -> str:
        record, fruitless = Record(self.bank, self.observers), 0
        for generation in range(self.settings.generations):
            accepted = [self._tried(edit, record) for edit in self._proposals(record, generation)]
            fruitless = 0 if any(accepted) else fruitless + 1
            if fruitless >= self.settings.patience:
                return f"patience: {fruitless} generations without an accepted edit"
            if self.limit is None and self.affordable < 1:
                return "the search's part of the budget is used up"
        return f"all {self.settings.generations} generations done"

    def _proposals(self, record: Record, generation: int) -> tuple[Edit, ...]:
        self.generation = generation + 1
        try:
            return propose(
                self.runner, self.incumbent, self.train, self.settings, record, generation
            )
        except BudgetExhausted as reason:
            raise Stopped(str(reason)) from reason

    def _tried(self, edit: Edit, record: Record) -> bool:
        """Whether the edit is new, applies, and is accepted."""
        if not new_edits(self.bank, (edit,), record.tried):
            return False
        candidate = apply_edit(self.bank, edit)
        record.tried.add(candidate.identity)
        accepted = judged(self, candidate, (edit,))
        if not accepted:
            record.reject(edit)
        return accepted
