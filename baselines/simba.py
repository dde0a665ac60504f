"""SIMBA (DSPy 3.4) on the texts of the bank.

Configuration. Rules only (a dialogue makes no demonstration for a skill), DSPy's sizes (batches of
32, six samples, eight steps) where the budget holds them, else the largest that leave room for four
steps. With budget left at the end, it starts again from its best bank with the next seed. Known
defects that are worked round:

- it selects and chooses on train dialogues only: its choice of each round must also have the
  greatest mean on the validation dialogues, with the same seeds, to become the incumbent;
- candidates of a step are unpaired: they play the same dialogues with the same seeds;
- samples of one dialogue differ by the model's cache only: each has its own seed;
- an exception scores 0: ours ends the search, and a lost dialogue gets the mean so far;
- threads would make the end of the budget a matter of luck: it plays one dialogue at a time;
- it cannot add texts: see `texts`.
"""

from collections.abc import Sequence

import dspy
from dspy.teleprompt import SIMBA

from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Pair
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile

from .editor_model import editor_lm
from .package import package_call
from .program import BankProgram, Peer, examples_of, score_of
from .texts import changes
from .validation_mean import ValidationMean

SAMPLE_ROOM = 100
"""Replicates between two dialogues with one seeker; the samples of a dialogue lie in between."""
STEPS_AT_LEAST, STEPS_AT_MOST = 4, 8


class Sizes(Frozen):
    """How large a round of SIMBA is."""

    batch: int
    samples: int

    def cost(self, steps: int) -> int:
        """Rollouts of a round: samples and candidates of each step, then the final choice."""
        return self.batch * (steps * (2 * self.samples + 1) + self.samples + 1)


SIZES = tuple(
    Sizes(batch=batch, samples=samples)
    for batch, samples in ((32, 6), (16, 6), (12, 4), (8, 4), (6, 3), (4, 2), (2, 2))
)


class Simba:
    """SIMBA, round after round."""

    def run(self, task: SearchTask) -> str:
        """Let SIMBA search, again and again until the budget ends; once without a budget."""
        ledger, means = task.runner.ledger, ValidationMean(task)
        model = editor_lm(task.runner, "simba")
        means.validated(task.bank, means.pairs)
        rounds = 0
        while rounds == 0 or task.proposal_limit is None:
            played_before = ledger.spend.rollouts
            bank = _round(means, model, rounds).bank
            means.next_generation((), changes(task.bank, bank))
            means.validated(bank, means.pairs)
            rounds += 1
            if ledger.spend.rollouts == played_before:
                break
        return f"all steps of {rounds} rounds done"


def _round(means: ValidationMean, model: dspy.LM, number: int) -> BankProgram:
    """SIMBA's own choice after one run of it."""
    task = means.task
    room = task.affordable_rollouts
    fitting = (sizes for sizes in SIZES if sizes.cost(STEPS_AT_LEAST) <= room)
    sizes = next(fitting, SIZES[-1])
    steps = 1
    while steps < STEPS_AT_MOST and sizes.cost(steps + 1) <= room:
        steps += 1
    optimizer = SIMBA(
        metric=score_of,  # pyright: ignore[reportArgumentType]
        bsize=sizes.batch,
        num_candidates=sizes.samples,
        max_steps=steps,
        max_demos=0,
        prompt_model=model,
        num_threads=1,
    )
    with package_call(task.runner), dspy.context(lm=model):
        return optimizer.compile(
            BankProgram(Peer(means), task.bank),
            trainset=examples_of(_train_pairs(task.train, sizes.batch, number)),
            seed=derive_seed(task.runner.seed, "simba", number),
        )  # pyright: ignore[reportReturnType]


def _train_pairs(seekers: Sequence[Profile], count: int, number: int) -> list[Pair]:
    """`count` dialogues, spread over the train seekers, that no other round plays."""
    start = number * SAMPLE_ROOM * count
    return [
        (seekers[i % len(seekers)], start + SAMPLE_ROOM * (i // len(seekers))) for i in range(count)
    ]
