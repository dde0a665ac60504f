"""SkillOpt's rule (Microsoft, 2026; package 0.2.0) carried out by our analyst and our editor.

Not the package: its wheel ships without the prompts that it reads, so that it cannot take a step,
and prompts of ours in its place would not be SkillOpt either. This is its algorithm instead: read a
batch of train dialogues, apply a bounded set of edits at once (the "textual learning rate", falling
from first to last by cosine), keep the result if its mean on the selection set is strictly greater,
remember what was rejected. Where its stages are prompts, ours do the work, which sees typed edits,
evidence and credit that its own do not.

Configuration. `SkillOpt` has its own schedule: batches of 40 train dialogues, four edits falling to
two. `SkillOptRule` has the batches and edits of `evolution`'s settings, which suit small budgets:
of 4,000 calls, batches of 40 leave three steps. The edits fall over the steps that a budget holds.
Both have the soft gate (means of emotion, since its hard one counts only successes).
Known defects that are worked round:

- nothing is seeded: incumbent and candidate play the selection set with the same seeds, without
  which a quarter of all null edits pass;
- an anchor that an edit breaks is skipped in silence: our edits are typed and apply or do not;
- the rejected edits are lost at the end of an epoch and by a restart: kept, and the run resumes;
- the slow update is accepted without validation: left out.
"""

import math
from collections.abc import Sequence

from esc_skills.optimizers.proposing import train_pairs
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.signatures.edits import Edit, EditError, apply_edit
from esc_skills.signatures.skills import Bank

from .validation_mean import ValidationMean
from .writing import edits_after


class SkillOptRule:
    """Batch, bounded edits at once, strict gate on a selection set."""

    batch: int | None = None
    """Train dialogues of a step; None for those of the settings."""
    edits: tuple[int, int] | None = None
    """Edits of the first step and of the last; None for those of the settings."""
    again = False
    """Whether a greater mean must show in fresh dialogues, too."""

    def run(self, task: SearchTask) -> str:
        """Take steps until the generations or the budget end."""
        means, record, settings = ValidationMean(task, again=self.again), task.record, task.settings
        batch = self.batch or settings.train_rollouts
        planned = self._planned(task, batch + len(means.pairs))
        means.validated(task.bank, means.pairs)
        rejected: list[str] = []
        step = 0
        while task.proposal_limit is None or step < settings.generations:
            record.generation = step
            pairs = train_pairs(task.train, batch, step, task.runner.seed)
            rollouts = means.play(task.bank, pairs)
            limit = edits_at(step, planned, *self._edits(task))
            key = ("skillopt", step)
            edits = edits_after(task, rollouts, task.bank, rejected, limit, key)
            record.analysed(rollouts, edits)
            candidate = applied(task.bank, edits)
            before = len(record.banks)
            if candidate.identity != task.bank.identity:
                means.compare(candidate, means.play(candidate, means.pairs), edits)
            if len(record.banks) == before:
                rejected += [edit.model_dump_json(exclude={"reason"}) for edit in edits]
            step += 1
        return f"all {step} steps done"

    def _edits(self, task: SearchTask) -> tuple[int, int]:
        return self.edits or (task.settings.edits_first, task.settings.edits_last)

    def _planned(self, task: SearchTask, dialogues: int) -> int:
        """Steps over which the edits fall: what the budget holds; without one, the generations."""
        if task.proposal_limit is not None:
            return task.settings.generations
        return max(1, task.affordable_rollouts // dialogues)


class SkillOpt(SkillOptRule):
    """The rule with SkillOpt's own schedule: batches of 40, four edits falling to two."""

    batch = 40
    edits = (4, 2)


class SkillOptRemeasured(SkillOptRule):
    """The rule, where a better bank must also win in fresh, paired dialogues."""

    again = True


def edits_at(step: int, planned: int, first: int, last: int) -> int:
    """The textual learning rate: from first to last along half a cosine, then the last."""
    share = min(1.0, step / max(1, planned - 1))
    return round(last + (first - last) * (1 + math.cos(math.pi * share)) / 2)


def applied(bank: Bank, edits: Sequence[Edit]) -> Bank:
    """The bank after all edits that still apply when their turn comes."""
    for edit in edits:
        try:
            bank = apply_edit(bank, edit)
        except EditError:
            continue
    return bank
