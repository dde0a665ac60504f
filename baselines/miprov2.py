"""MIPROv2 (Opsahl-Ong et al., 2024; DSPy 3.4) on the texts of the bank.

Configuration. Zero-shot (a dialogue makes no demonstration for a skill), the six candidates of
`auto="light"` for each text, trials by its own formula, program, data, tip and few-shot aware
proposals by the editor's model. With budget left at the end, it starts again from its best bank
with the next seed. Known defects that are worked round:

- each trial draws another minibatch and mixes their noise: every trial plays the same validation
  dialogues with the same seeds, which is its own rule for sets of up to 50;
- candidates never see feedback: the examples that inform them are whole dialogues with the emotion
  after each reply;
- `seed=0` is ignored: seeds are never 0;
- an exception scores 0: ours ends the search, and a lost dialogue gets the mean so far;
- bootstrapping plays one dialogue at a time, and again for each set: ours plays each once, at once;
- it cannot add texts: see `texts`.
"""

import math
import random
from typing import Any

import dspy
from dspy.teleprompt import MIPROv2

from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.models.seeds import derive_seed

from .editor_model import editor_lm
from .package import called_back, package_call
from .program import BankProgram, Peer, dialogue_of, examples_of, score_of
from .texts import changes
from .validation_mean import ValidationMean

CANDIDATES = 6
EXAMPLES_SHOWN = 3
TRAIN_DIALOGUES = 12


class MiproV2:
    """MIPROv2, round after round."""

    def run(self, task: SearchTask) -> str:
        """Let MIPROv2 search, again and again until the budget ends; once without a budget."""
        ledger, means = task.runner.ledger, ValidationMean(task)
        model = editor_lm(task.runner, "miprov2")
        rounds = 0
        while rounds == 0 or task.proposal_limit is None:
            played_before = ledger.spend.rollouts
            program = BankProgram(Peer(means), task.bank, means.pairs)
            trials = 2 * len(program.texts) * math.log2(CANDIDATES)
            with package_call(task.runner):
                _Mipro(means, rounds, model).compile(
                    program,
                    trainset=examples_of([(p, rounds) for p in task.train]),
                    valset=examples_of(means.pairs),
                    num_trials=math.ceil(max(trials, 1.5 * CANDIDATES)),
                    max_bootstrapped_demos=0,
                    max_labeled_demos=0,
                    minibatch=False,
                    provide_traceback=False,
                )
            rounds += 1
            if ledger.spend.rollouts == played_before:
                break
        return f"all trials of {rounds} rounds done"


class _Mipro(MIPROv2):
    """DSPy's, with examples that are played at once, and with our events."""

    def __init__(self, means: ValidationMean, number: int, model: dspy.LM) -> None:
        super().__init__(
            metric=score_of,
            prompt_model=model,
            task_model=model,
            auto=None,
            num_candidates=CANDIDATES,
            num_threads=1,
            seed=1 + derive_seed(means.task.runner.seed, "miprov2", number),
        )
        self._means = means
        self._number = number

    def _bootstrap_fewshot_examples(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        program: BankProgram,
        *args: Any,  # noqa: ANN401 - DSPy's
        **kwargs: Any,  # noqa: ANN401
    ) -> dict[int, list[list[dspy.Example]]]:
        """Sets of train dialogues that went well, the same for each text; they inform proposals."""
        means = self._means
        pairs = [(profile, self._number) for profile in means.task.train[:TRAIN_DIALOGUES]]
        with called_back():
            played = means.play(program.bank, pairs)
        self._played = [rollout for rollout in played if rollout.valid]
        ranked = sorted(self._played, key=lambda rollout: -rollout.score)
        good = [r for r in ranked if r.score > r.start / 100] or ranked
        demos = [
            dspy.Example(
                augmented=True, dialogue=dialogue_of(r), final_emotion=round(100 * r.score)
            )
            for r in good
        ]
        rng = random.Random(self.seed)
        sets = [rng.sample(demos, min(EXAMPLES_SHOWN, len(demos))) for _ in range(CANDIDATES)]
        return {index: sets for index in range(len(program.texts))}

    def _propose_instructions(
        self,
        program: BankProgram,
        *args: Any,  # noqa: ANN401 - DSPy's
        **kwargs: Any,  # noqa: ANN401
    ) -> dict[int, list[str]]:
        """DSPy's proposals, reported."""
        proposed = super()._propose_instructions(program, *args, **kwargs)
        edits = []
        for index, name in enumerate(program.texts):
            for text in proposed[index][1:]:
                edits += changes(program.bank, program.bank_with(name, text))
        with called_back():
            self._means.next_generation(self._played, edits)
        return proposed
