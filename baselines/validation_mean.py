"""The selection rule that most optimizers share: the greatest mean on validation dialogues wins."""

from collections.abc import Sequence

from esc_skills.optimizers.challenge import level_of
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.runner import Pair
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.protocol import EMOTION_START
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from .texts import changes

VALIDATION_DIALOGUES = 24
CANDIDATES_AT_LEAST = 8
"""Candidates for whose validation the budget must have room; else they are compared on less."""
FRESH = 1_000
"""Replicates between one comparison in fresh dialogues and the next."""


class ValidationMean:
    """Plays for an optimizer, and makes the bank with the greatest validation mean the incumbent.

    Args:
        task: The search.
        dialogues: Validation dialogues of a candidate; fewer where the budget would not hold those
            of some candidates.
        again: Whether a candidate with a greater mean must be better than the incumbent in as many
            fresh dialogues, too, which both play with the same seeds.
    """

    def __init__(
        self, task: SearchTask, dialogues: int = VALIDATION_DIALOGUES, *, again: bool = False
    ) -> None:
        self.task = task
        self._again = again
        self.best = float("-inf")
        """Greatest mean so far, 0..1."""
        count = max(1, min(dialogues, task.affordable_rollouts // CANDIDATES_AT_LEAST))
        seekers = task.validation
        self.pairs: list[Pair] = [
            (seekers[i % len(seekers)], i // len(seekers)) for i in range(count)
        ]
        """On which candidates are compared, spread over the validation seekers."""
        self._compared: dict[str, Sequence[Rollout]] = {}
        self._scores: list[float] = []
        self._generations = self._fresh = 0

    def __deepcopy__(self, memo: dict[int, object]) -> "ValidationMean":
        """The object itself: programs that optimizers copy all play through the one runner."""
        return self

    def play(self, bank: Bank, pairs: Sequence[Pair]) -> list[Rollout]:
        """Rollouts of the bank on every pair.

        Raises:
            BudgetExhausted: The budget does not hold them all.
        """
        rollouts = self.task.play(bank, pairs)
        self._scores += [rollout.score for rollout in rollouts if rollout.valid]
        return rollouts

    def scores(self, rollouts: Sequence[Rollout]) -> list[float]:
        """A score, 0..1, for each: 0 without a reply, the mean so far for a lost dialogue."""
        mean = sum(self._scores) / len(self._scores) if self._scores else EMOTION_START / 100
        scores = (rollout.counted_score for rollout in rollouts)
        return [mean if score is None else score for score in scores]

    def validated(self, bank: Bank, pairs: Sequence[Pair]) -> Sequence[Rollout]:
        """The bank's dialogues on the validation pairs; compared when it is first asked for.

        Args:
            bank: The candidate.
            pairs: The validation pairs.

        Raises:
            BudgetExhausted: The budget does not hold them all.
        """
        if bank.identity not in self._compared:
            self.compare(bank, self.play(bank, pairs))
        return self._compared[bank.identity]

    def next_generation(self, rollouts: Sequence[Rollout], edits: Sequence[Edit]) -> None:
        """Report what was played to learn from and what is proposed; decisions then are on it."""
        record = self.task.record
        record.generation = self._generations
        self._generations += 1
        record.analysed(rollouts, edits)

    def compare(self, bank: Bank, rollouts: Sequence[Rollout], edits: Sequence[Edit] = ()) -> None:
        """Report a bank's mean on the validation pairs; the greatest so far is the incumbent.

        Args:
            bank: The candidate; nothing happens if it was compared before.
            rollouts: Its dialogues on the validation pairs.
            edits: What it differs in; read off the texts if not given.
        """
        if bank.identity in self._compared:
            return
        self._compared[bank.identity] = rollouts
        scores = self.scores(rollouts)
        mean, best, record = sum(scores) / len(scores), self.best, self.task.record
        edits = edits or changes(self.task.bank, bank)
        better, fresh = mean > best, ""
        if edits:
            if better and self._again:
                gain = self._fresh_gain(bank)
                better, fresh = gain > 0, f"; in as many fresh ones it gains {100 * gain:+.1f}"
            reason = (
                f"mean emotion {100 * mean:.1f} in {len(rollouts)} validation dialogues, the "
                f"incumbent's is {100 * best:.1f}{fresh}"
            )
            better = record.decide(
                edits, bank, accepted=better, gate="validation mean", reason=reason
            )
        if better:
            self.best = mean
            record.measure(level_of(rollouts))

    def _fresh_gain(self, bank: Bank) -> float:
        """Gain over the incumbent, 0..1, in dialogues that no comparison has used."""
        self._fresh += 1
        later = FRESH * self._fresh
        pairs = [(seeker, replicate + later) for seeker, replicate in self.pairs]
        before, after = (self.scores(self.play(b, pairs)) for b in (self.task.bank, bank))
        return (sum(after) - sum(before)) / len(pairs)
