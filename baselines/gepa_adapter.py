"""GEPA's view of our runner, through the interface that its package offers for that."""

from collections.abc import Mapping, Sequence
from typing import Any

from gepa.core.adapter import EvaluationBatch, ProposalFn

from esc_skills.programs.runner import Pair
from esc_skills.signatures.rollouts import Rollout

from .peer import Peer, Stopped
from .rewriting import Rewriter, trajectories
from .texts import bank_of, changes

Texts = dict[str, str]
"""A text by component."""


class Adapter:
    """Candidates are texts, examples are (profile, replicate) pairs.

    Args:
        peer: Plays the dialogues; told of every mean on `valset`.
        valset: The validation pairs.
    """

    def __init__(self, peer: Peer, valset: Sequence[Pair]) -> None:
        self._peer = peer
        self._first = peer.bank
        self._valset = list(valset)
        self._rewriter = Rewriter(peer)
        self._read: Sequence[Rollout] = ()
        self.propose_new_texts: ProposalFn | None = self._propose

    def evaluate(
        self, batch: Sequence[Pair], candidate: Texts, capture_traces: bool = False
    ) -> EvaluationBatch[Rollout, Rollout]:
        """Play the batch."""
        bank = bank_of(candidate, self._first)
        rollouts = self._peer.play(bank, batch)
        if list(batch) == self._valset:
            self._peer.compare(bank, rollouts)
        scores = self._peer.scores(rollouts)
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
        """New versions of the components; GEPA would swallow what goes wrong on the way."""
        try:
            return self._proposed(candidate, reflective_dataset, components_to_update)
        except Exception as reason:
            raise Stopped(str(reason)) from reason

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
        self._peer.analysed(self._read, changes(parent, child))
        return new
