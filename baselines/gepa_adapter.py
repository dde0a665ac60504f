"""GEPA's view of our runner, through the interface that its package offers for that."""

from collections.abc import Mapping, Sequence
from typing import Any

from gepa.core.adapter import EvaluationBatch, ProposalFn

from esc_skills.programs.runner import Pair
from esc_skills.signatures.rollouts import Rollout

from .package import called_back
from .rewriting import Rewriter, trajectories
from .texts import bank_of, changes
from .validation_mean import ValidationMean

Texts = dict[str, str]
"""A text by component."""


class Adapter:
    """Candidates are texts, examples are (profile, replicate) pairs.

    Args:
        means: Plays the dialogues; told of every mean on its validation pairs.
    """

    def __init__(self, means: ValidationMean) -> None:
        self._means = means
        self._first = means.task.bank
        self._rewriter = Rewriter(means.task.runner)
        self._read: Sequence[Rollout] = ()
        self.propose_new_texts: ProposalFn | None = self._propose

    def evaluate(
        self, batch: Sequence[Pair], candidate: Texts, capture_traces: bool = False
    ) -> EvaluationBatch[Rollout, Rollout]:
        """Play the batch."""
        means, bank = self._means, bank_of(candidate, self._first)
        with called_back():
            rollouts = means.play(bank, batch)
            if list(batch) == means.pairs:
                means.compare(bank, rollouts)
        scores = means.scores(rollouts)
        return EvaluationBatch(outputs=rollouts, scores=scores, trajectories=rollouts)

    def make_reflective_dataset(
        self,
        candidate: Texts,
        eval_batch: EvaluationBatch[Rollout, Rollout],
        components_to_update: list[str],
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The whole dialogues, the same for each component."""
        self._read = eval_batch.outputs
        shown = [{"trajectory": trajectory} for trajectory in trajectories(self._read)]
        return {component: shown for component in components_to_update}

    def _propose(
        self,
        candidate: Texts,
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> Texts:
        """New versions of the components."""
        with called_back():
            return self._proposed(candidate, reflective_dataset, components_to_update)

    def _proposed(
        self,
        candidate: Texts,
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> Texts:
        parent = bank_of(candidate, self._first)
        new = {
            name: self._rewriter.rewrite(
                name,
                candidate[name],
                parent,
                [record["trajectory"] for record in reflective_dataset[name]],
            )
            for name in components_to_update
        }
        child = bank_of({**candidate, **new}, self._first)
        self._means.next_generation(self._read, changes(parent, child))
        return new
