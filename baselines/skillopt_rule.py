"""SkillOpt's rule (Microsoft, 2026; package 0.2.0) carried out by our analyst and our editor.

Not the package: its wheel ships without the prompts that it reads, so that it cannot take a step,
and prompts of ours in its place would not be SkillOpt either. This is its algorithm instead: read a
batch of train dialogues, apply a bounded set of edits at once (the "textual learning rate", falling
from first to last by cosine), keep the result if its mean on the selection set is strictly greater,
remember what was rejected. Where its stages are prompts, ours do the work, which sees typed edits,
evidence and credit that its own do not.

Configuration. Batches and edits of `evolution`'s settings, the soft gate (means of emotion, since
its hard one counts only successes). Known defects that are worked round:

- nothing is seeded: incumbent and candidate play the selection set with the same seeds, without
  which a quarter of all null edits pass;
- an anchor that an edit breaks is skipped in silence: our edits are typed and apply or do not;
- the rejected edits are lost at the end of an epoch and by a restart: kept, and the run resumes;
- the slow update is accepted without validation: left out.
"""

from collections.abc import Sequence

from esc_skills.metrics.sage.credit import credit
from esc_skills.optimizers.proposing import edit_budget, train_pairs
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.learning.analyst import TraceAnalyst
from esc_skills.programs.learning.editor import BankEditor
from esc_skills.programs.models.failures import DialogueError
from esc_skills.signatures.edits import Edit, EditError, apply_edit
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from .validation_mean import ValidationMean


class SkillOptRule:
    """Batch, bounded edits at once, strict gate on a selection set."""

    def run(self, task: SearchTask) -> str:
        """Take steps until the generations or the budget end."""
        means, record, settings = ValidationMean(task), task.record, task.settings
        means.validated(task.bank, means.pairs)
        rejected: list[str] = []
        step = 0
        while task.proposal_limit is None or step < settings.generations:
            record.generation = step
            pairs = train_pairs(task.train, settings.train_rollouts, step, task.runner.seed)
            rollouts = means.play(task.bank, pairs)
            edits = _proposed(task, rollouts, rejected)
            record.analysed(rollouts, edits)
            candidate = applied(task.bank, edits)
            before = len(record.banks)
            if candidate.identity != task.bank.identity:
                means.compare(candidate, means.play(candidate, means.pairs), edits)
            if len(record.banks) == before:
                rejected += [edit.model_dump_json(exclude={"reason"}) for edit in edits]
            step += 1
        return f"all {step} steps done"


def _proposed(
    task: SearchTask, rollouts: Sequence[Rollout], rejected: list[str]
) -> tuple[Edit, ...]:
    """What analyst and editor make of the batch."""
    bank, settings, step = task.bank, task.settings, task.record.generation
    played = [rollout for rollout in rollouts if rollout.valid]
    if not played:
        return ()

    def ask() -> tuple[Edit, ...]:
        points = credit(played)
        findings = TraceAnalyst()(played, bank, points).findings
        limit = edit_budget(settings, min(step, settings.generations - 1))
        return BankEditor()(bank, findings, points, rejected, (), limit).edits

    try:
        return task.runner.consult(ask, "skillopt", step)
    except DialogueError:
        return ()


def applied(bank: Bank, edits: Sequence[Edit]) -> Bank:
    """The bank after all edits that still apply when their turn comes."""
    for edit in edits:
        try:
            bank = apply_edit(bank, edit)
        except EditError:
            continue
    return bank
