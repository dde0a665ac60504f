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

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.rollouts import EMOTION_START

from .editor_model import editor_lm
from .peer import Peer
from .program import BankProgram, dialogue_of, examples_of, score_of
from .quiet import quiet
from .texts import changes

CANDIDATES = 6
EXAMPLES_SHOWN = 3
TRAIN_DIALOGUES = 12


class MiproV2(Peer):
    """MIPROv2, round after round."""

    def _search(self) -> str:
        model = editor_lm(self.runner, "miprov2")
        together = self.validation_pairs()
        rounds = 0
        while rounds == 0 or self.limit is None:
            played_before = self.runner.ledger.spend.rollouts
            program = BankProgram(self, self.bank, together)
            predictors = len(program.texts)
            optimizer = _Mipro(self, rounds, model)
            with quiet():
                optimizer.compile(
                    program,
                    trainset=examples_of([(p, rounds) for p in self.train]),
                    valset=examples_of(together),
                    num_trials=math.ceil(
                        max(2 * predictors * math.log2(CANDIDATES), 1.5 * CANDIDATES)
                    ),
                    max_bootstrapped_demos=0,
                    max_labeled_demos=0,
                    minibatch=False,
                    provide_traceback=False,
                )
            rounds += 1
            if self.runner.ledger.spend.rollouts == played_before:
                break
        return f"all trials of {rounds} rounds done"


class _Mipro(MIPROv2):
    """DSPy's, with examples that are played at once, and with our events."""

    def __init__(self, peer: Peer, number: int, model: dspy.LM) -> None:
        super().__init__(
            metric=score_of,
            prompt_model=model,
            task_model=model,
            auto=None,
            num_candidates=CANDIDATES,
            num_threads=1,
            seed=1 + derive_seed(peer.runner.seed, "miprov2", number),
        )
        self._peer = peer
        self._number = number

    def _bootstrap_fewshot_examples(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        program: BankProgram,
        *args: Any,  # noqa: ANN401 - DSPy's
        **kwargs: Any,  # noqa: ANN401
    ) -> dict[int, list[list[dspy.Example]]]:
        """Sets of train dialogues that went well, the same for each text; they inform proposals."""
        peer = self._peer
        seekers = peer.train[:TRAIN_DIALOGUES]
        played = peer.play(program.bank, [(profile, self._number) for profile in seekers])
        self._played = [rollout for rollout in played if rollout.valid]
        ranked = sorted(self._played, key=lambda rollout: -rollout.score)
        good = [r for r in ranked if r.score > EMOTION_START / 100] or ranked
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
        self._peer.analysed(self._played, edits)
        return proposed
