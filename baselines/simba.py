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

import dspy
from dspy.teleprompt import SIMBA

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Pair
from esc_skills.signatures.frozen import Frozen

from .editor_model import editor_lm
from .peer import Peer
from .program import BankProgram, examples_of, score_of
from .quiet import quiet
from .texts import changes

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


class Simba(Peer):
    """SIMBA, round after round."""

    def _search(self) -> str:
        model = editor_lm(self.runner, "simba")
        together = self.validation_pairs()
        self.validated(self.bank, together)
        rounds = 0
        while rounds == 0 or self.limit is None:
            played_before = self.runner.ledger.spend.rollouts
            first = self.bank
            bank = self._round(model, rounds).bank
            self.analysed((), changes(first, bank))
            self.validated(bank, together)
            rounds += 1
            if self.runner.ledger.spend.rollouts == played_before:
                break
        return f"all steps of {rounds} rounds done"

    def _round(self, model: dspy.LM, number: int) -> BankProgram:
        """SIMBA's own choice after one run of it."""
        room = self.affordable
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
        with quiet(), dspy.context(lm=model):
            return optimizer.compile(
                BankProgram(self, self.bank),
                trainset=examples_of(self._train_pairs(sizes.batch, number)),
                seed=derive_seed(self.runner.seed, "simba", number),
            )  # pyright: ignore[reportReturnType]

    def _train_pairs(self, count: int, number: int) -> list[Pair]:
        """`count` dialogues, spread over the train seekers, that no other round plays."""
        seekers, start = self.train, number * SAMPLE_ROOM * count
        return [
            (seekers[i % len(seekers)], start + SAMPLE_ROOM * (i // len(seekers)))
            for i in range(count)
        ]
