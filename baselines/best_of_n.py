"""Best of N whole banks: what independent tries are worth, without learning from any of them.

Every bank is written by analyst and editor after another batch of dialogues with the first bank;
all play the same validation dialogues with the same seeds, and the greatest mean wins.
"""

from esc_skills.optimizers.proposing import train_pairs
from esc_skills.optimizers.strategy import SearchTask

from .skillopt_rule import applied
from .validation_mean import ValidationMean
from .writing import edits_after

EDITS = 12
"""Edits that make a bank of the first one."""
BATCH = 8
"""Train dialogues that are read for it."""


class BestOfN:
    """As many whole banks as the budget holds."""

    def run(self, task: SearchTask) -> str:
        """Write banks and compare them until the budget ends."""
        means, first = ValidationMean(task), task.bank
        means.validated(first, means.pairs)
        written = 0
        while task.proposal_limit is None or written < task.settings.generations:
            pairs = train_pairs(task.train, BATCH, written, task.runner.seed)
            rollouts = means.play(first, pairs)
            edits = edits_after(task, rollouts, first, (), EDITS, ("best of n", written))
            means.next_generation(rollouts, edits)
            means.validated(applied(first, edits), means.pairs)
            written += 1
        return f"all {written} banks compared"
