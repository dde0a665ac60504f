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

from typing import Any

from gepa.api import optimize
from gepa.core.state import GEPAState
from gepa.proposer.base import CandidateProposal
from gepa.strategies.acceptance import StrictImprovementAcceptance

from esc_skills.programs.models.seeds import derive_seed

from .gepa_adapter import Adapter
from .peer import Peer
from .texts import bank_of, changes, texts_of

MINIBATCH = 3
TRAIN_REPLICATES = 20
"""Dialogues with each train seeker before one is repeated."""
IDLE_AT_MOST = 50
"""Iterations that lead to no new dialogue after which none is to be expected."""


class Gepa(Peer):
    """GEPA by its own rule."""

    def _search(self) -> str:
        self.first = self.bank
        self.valset = self.validation_pairs()
        self.iterations = self.played = self.idle = 0
        optimize(
            seed_candidate=texts_of(self.first),
            trainset=[(p, replicate) for replicate in range(TRAIN_REPLICATES) for p in self.train],
            valset=self.valset,
            adapter=Adapter(self, self.valset),
            reflection_minibatch_size=MINIBATCH,
            stop_callbacks=self._stop,
            logger=_Quiet(),
            track_best_outputs=False,
            seed=derive_seed(self.runner.seed, "gepa"),
            **self._rule(),
        )
        return f"{self.iterations} iterations done"

    def _stop(self, gepa_state: GEPAState) -> bool:
        """Whether a search without a budget has made its proposals, or nothing new is played."""
        self.iterations = gepa_state.i + 1
        rollouts = self.runner.ledger.spend.rollouts
        self.idle = self.idle + 1 if rollouts == self.played else 0
        self.played = rollouts
        done = self.limit is not None and self.iterations >= self.limit
        return done or self.idle >= IDLE_AT_MOST

    def _rule(self) -> dict[str, Any]:
        """What decides which candidates are parents and which are kept."""
        return {"acceptance_criterion": _Improvement(self), "use_merge": True}


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
