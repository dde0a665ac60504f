"""cap-evolve's gate (skillberry-ai, 2026): a candidate must gain more than one standard error.

Its published rule: every round plays incumbent and candidate anew on the same scenarios and seeds,
a fixed number of them; accepted is a mean paired difference above one standard error; one sealed
test ends the search. Its proposer is a coding agent that edits files; ours are analyst and editor,
one edit at a time, as its rounds have one change each.
"""

import math
import statistics as stats

from esc_skills.optimizers.proposing import train_pairs
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.signatures.edits import Edit, EditError, apply_edit

from .validation_mean import ValidationMean
from .writing import edits_after

EDITS = 4
"""Edits that are proposed at once, to be tried one after another."""
FRESH = 100
"""Replicates of a seeker between two rounds; none has more dialogues than that."""


class CapEvolve:
    """One change a round, gated at one standard error of fresh pairs."""

    def run(self, task: SearchTask) -> str:
        """Take rounds until the budget ends."""
        means, record, settings = ValidationMean(task), task.record, task.settings
        rejected: list[str] = []
        rounds = 0
        while task.proposal_limit is None or rounds < task.proposal_limit:
            record.generation = rounds
            pairs = train_pairs(task.train, settings.train_rollouts, rounds, task.runner.seed)
            rollouts = means.play(task.bank, pairs)
            key = ("cap-evolve", rounds)
            edits = edits_after(task, rollouts, task.bank, rejected, EDITS, key)
            record.analysed(rollouts, edits)
            for edit in edits:
                rounds += 1
                if not _tried(means, edit, rounds):
                    rejected.append(edit.model_dump_json(exclude={"reason"}))
            rounds += 1
        return f"all {rounds} rounds done"


def _tried(means: ValidationMean, edit: Edit, number: int) -> bool:
    """Whether the edit applies and gains more than a standard error."""
    task = means.task
    try:
        candidate = apply_edit(task.bank, edit)
    except EditError:
        return False
    pairs = [(seeker, replicate + FRESH * number) for seeker, replicate in means.pairs]
    before, after = (means.scores(means.play(bank, pairs)) for bank in (task.bank, candidate))
    gains = [100 * (b - a) for a, b in zip(before, after, strict=True)]
    error = stats.stdev(gains) / math.sqrt(len(gains)) if len(gains) > 1 else math.inf
    mean = stats.fmean(gains)
    return task.record.decide(
        (edit,),
        candidate,
        accepted=mean > error,
        gate="standard error",
        reason=f"gain {mean:+.1f} points in {len(gains)} fresh pairs, standard error {error:.1f}",
        pairs=len(gains),
    )
