"""GEPA (Agrawal et al., 2025; package `gepa` 0.1.4) by its own rule, on the texts of the bank.

Configuration. The engine that `dspy.GEPA` drives, with `dspy.GEPA`'s settings: minibatches of 3, a
Pareto front over validation dialogues, components in turn, merging on, acceptance by a greater sum
on the minibatch, the greatest validation mean wins. Through GEPA's own adapter interface rather
than `dspy.GEPA`, because that shows its reflector one random call of each dialogue, plays slow
dialogues twice, and drops a dialogue whose answer was read in part; here it sees whole dialogues
with our feedback. Known defects that are worked round:

- its budget overshoots and undercounts: ours stops it, exactly, and it gets as much as anyone;
- its evaluation cache mixes train and validation: off, the runner remembers;
- rollouts without seeds make half of all null edits pass: parent and child share seeds;
- one rollout decides a validation cell: each profile has several dialogues where the budget allows;
- a lost dialogue would score 0, and a sum of zeros ends a merge: it gets the mean so far;
- it cannot add texts: one component holds skills that the bank lacks, and an emptied one removes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gepa import EvaluationBatch, optimize
from gepa.core.state import GEPAState
from gepa.proposer.base import CandidateProposal
from gepa.strategies.acceptance import StrictImprovementAcceptance

from esc_skills.programs.runner import Pair
from esc_skills.programs.seeds import derive_seed
from esc_skills.signatures.rollouts import Rollout

from .peer import Peer
from .rewriting import Rewriter, trajectories
from .texts import bank_of, changes, texts_of

MINIBATCH = 3
TRAIN_REPLICATES = 20
"""Dialogues with each train seeker before one is repeated."""
Texts = dict[str, str]


class Gepa(Peer):
    """GEPA by its own rule."""

    def _search(self) -> str:
        self.first = self.bank
        self.valset = self.validation_pairs()
        optimize(
            seed_candidate=texts_of(self.first),
            trainset=[(p, replicate) for replicate in range(TRAIN_REPLICATES) for p in self.train],
            valset=self.valset,
            adapter=_Adapter(self),
            reflection_minibatch_size=MINIBATCH,
            stop_callbacks=lambda state: self.limit is not None and state.i + 1 >= self.limit,
            logger=_Quiet(),
            track_best_outputs=False,
            seed=derive_seed(self.runner.seed, "gepa"),
            **self._rule(),
        )
        return f"all {self.limit} proposals made"

    def _rule(self) -> dict[str, Any]:
        """What decides which candidates are parents and which are kept."""
        return {"acceptance_criterion": _Improvement(self), "use_merge": True}


class _Adapter:
    """GEPA's view of our runner: candidates are texts, examples are (profile, replicate) pairs."""

    def __init__(self, peer: Gepa) -> None:
        self._peer = peer
        self._rewrite = Rewriter(peer)
        self._read: Sequence[Rollout] = ()

    def evaluate(
        self, batch: Sequence[Pair], candidate: Texts, capture_traces: bool = False
    ) -> EvaluationBatch[Rollout, Rollout]:
        """Play the batch."""
        bank = bank_of(candidate, self._peer.first)
        rollouts = self._peer.play(bank, batch)
        if list(batch) == self._peer.valset:
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

    def propose_new_texts(
        self,
        candidate: Texts,
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> Texts:
        """New versions of the components."""
        parent = bank_of(candidate, self._peer.first)
        new = {
            name: self._rewrite(
                name,
                candidate[name],
                parent,
                [record["trajectory"] for record in reflective_dataset[name]],
            )
            for name in components_to_update
        }
        child = bank_of({**candidate, **new}, self._peer.first)
        self._peer.analysed(self._read, changes(parent, child))
        return new


class _Improvement(StrictImprovementAcceptance):
    """GEPA's own criterion, reported."""

    def __init__(self, peer: Gepa) -> None:
        self._peer = peer

    def should_accept(self, proposal: CandidateProposal, state: GEPAState) -> bool:
        """Whether the child's sum of scores on the minibatch is greater than the parent's."""
        accepted = super().should_accept(proposal, state)
        parent = bank_of(state.program_candidates[proposal.parent_program_ids[0]], self._peer.first)
        child = bank_of(proposal.candidate, self._peer.first)
        edits = changes(parent, child)
        if edits and not accepted:
            before, after = proposal.subsample_scores_before, proposal.subsample_scores_after
            reason = f"{sum(after or ()):.2f} on the minibatch, its parent {sum(before or ()):.2f}"
            self._peer.decide(
                child, edits, accepted=False, gate="minibatch", reason=reason, parent=parent
            )
        return accepted


class _Quiet:
    """GEPA's log, unread: our events say it."""

    def log(self, message: str) -> None:
        """Drop a message."""
