"""A bank as a DSPy program whose instructions are the bank's texts, for stock optimizers."""

from collections.abc import Sequence
from typing import Any

import dspy
from dspy.signatures.signature import make_signature

from esc_skills.metrics.sage.score import feedback
from esc_skills.programs.learning.analyst import digest
from esc_skills.programs.runner import Pair
from esc_skills.programs.simulation.dialogue import render
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from .package import called_back
from .texts import bank_of, kind_of, texts_of
from .validation_mean import ValidationMean


class Peer:
    """What a program may ask of us while a package runs it.

    Args:
        means: Plays the dialogues.
    """

    def __init__(self, means: ValidationMean) -> None:
        self._means = means
        task = means.task
        self.seekers = {seeker.id: seeker for seeker in (*task.train, *task.validation)}
        """By id."""

    def __deepcopy__(self, memo: dict[int, object]) -> "Peer":
        """The object itself: programs that optimizers copy all play through the one runner."""
        return self

    def play(self, bank: Bank, pairs: Sequence[Pair]) -> list[Rollout]:
        """Rollouts of the bank on every pair."""
        with called_back():
            return self._means.play(bank, pairs)

    def validated(self, bank: Bank, pairs: Sequence[Pair]) -> Sequence[Rollout]:
        """The bank's dialogues on the validation pairs."""
        with called_back():
            return self._means.validated(bank, pairs)

    def scores(self, rollouts: Sequence[Rollout]) -> list[float]:
        """A score, 0..1, for each."""
        return self._means.scores(rollouts)


# MIPROv2 and SIMBA put the source of this class into their prompts: whoever changes a word of it
# changes what they propose, and the results that are kept of them.
class BankProgram(dspy.Module):
    """An emotional supporter with a bank of skills, and a policy that selects among them.

    Every instruction is one text of the bank and nothing else: a skill (labelled lines: When to
    use, When not to use, Expected outcome, Risks, Guidance), the policy, or `further-skills`, where
    new skills can be added, each under a heading `## short-name` followed by the same labelled
    lines. The input of each is a dialogue with a seeker in which the text was in use; the output is
    the seeker's emotion, 0..100, at its end.

    Args:
        peer: Plays the dialogues.
        bank: The first bank.
        together: The validation pairs, where the optimizer always plays them all; played at once.
    """

    def __init__(self, peer: Peer, bank: Bank, together: Sequence[Pair] = ()) -> None:
        super().__init__()
        self.texts = {name: _predictor(name, text) for name, text in texts_of(bank).items()}
        self._peer = peer
        self._first = bank
        self._together = {
            (profile.id, replicate): (profile, replicate) for profile, replicate in together
        }

    @property
    def bank(self) -> Bank:
        """The bank that the instructions describe."""
        return bank_of(self._instructions, self._first)

    def bank_with(self, name: str, text: str) -> Bank:
        """The bank with another text."""
        return bank_of({**self._instructions, name: text}, self._first)

    @property
    def _instructions(self) -> dict[str, str]:
        return {
            name: str(getattr(p.signature, "instructions", "")) for name, p in self.texts.items()
        }

    def forward(self, seeker: str, replicate: int) -> dspy.Prediction:
        """Play one dialogue; a prediction with `score`, `feedback` and `transcript`."""
        asked = (seeker, replicate + self._sample())
        bank = self.bank
        if asked in self._together:
            played = self._peer.validated(bank, list(self._together.values()))
        else:
            played = self._peer.play(bank, [(self._peer.seekers[seeker], asked[1])])
        rollout = next(r for r in played if (r.profile, r.replicate) == asked)
        (score,) = self._peer.scores([rollout])
        self._note_trace(rollout, score)
        said = feedback(rollout) if rollout.valid else "The dialogue was lost."
        return dspy.Prediction(score=score, feedback=said, transcript=render(rollout))

    def _sample(self) -> int:
        """Which sample of a pair is meant: SIMBA marks them on the model, and each has its seed."""
        lm = next(iter(self.texts.values())).lm
        return 0 if lm is None else int(lm.kwargs.get("rollout_id") or 0)

    def _note_trace(self, rollout: Rollout, score: float) -> None:
        """Put the whole dialogue into DSPy's trace, once for each text."""
        trace = dspy.settings.trace
        if trace is None or not rollout.valid:
            return
        dialogue = dialogue_of(rollout)
        for predictor in self.texts.values():
            output = dspy.Prediction(final_emotion=round(100 * score))
            trace.append((predictor, {"dialogue": dialogue}, output))


def dialogue_of(rollout: Rollout) -> str:
    """The dialogue as the texts' input field shows it."""
    return "\n".join(digest(rollout).turns)


def score_of(
    example: dspy.Example,
    prediction: dspy.Prediction,
    trace: Any = None,  # noqa: ANN401 - DSPy's own trace
) -> dspy.Prediction:
    """The metric: what the program's prediction says, with its feedback."""
    return dspy.Prediction(score=prediction.score, feedback=prediction.feedback)


def examples_of(pairs: Sequence[Pair]) -> list[dspy.Example]:
    """Pairs as DSPy examples; what is private to the seeker is not in them, as models see them."""
    return [
        dspy.Example(seeker=p.id, opening=p.opening, replicate=replicate).with_inputs(
            "seeker", "replicate"
        )
        for p, replicate in pairs
    ]


def _predictor(name: str, text: str) -> dspy.Predict:
    dialogue = dspy.InputField(desc=f"A dialogue with {name!r} in use. {kind_of(name)}")
    emotion = dspy.OutputField(desc="The seeker's emotion at its end, 0..100.")
    fields = {"dialogue": (str, dialogue), "final_emotion": (int, emotion)}
    return dspy.Predict(make_signature(fields, text))
