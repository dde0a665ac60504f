"""GEPA (Agrawal et al., 2025; package `gepa` 0.1.4) by its own rule, on the texts of the bank.

Configuration. The engine that `dspy.GEPA` drives: a Pareto front over validation dialogues, merging
on, acceptance by a greater sum on the minibatch, the greatest validation mean wins; all components
at once (`module_selector="all"`) and minibatches of 8, two documented settings that suit texts
which act together and noisy scores. Through GEPA's own adapter interface, not `dspy.GEPA`, because
that shows its reflector one random call of each dialogue, plays slow dialogues twice, and drops a
dialogue whose answer was read in part; here it sees whole dialogues with our feedback.
Known defects that are worked round:

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

from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.models.seeds import derive_seed

from .gepa_adapter import Adapter
from .package import called_back, package_call
from .texts import bank_of, changes, texts_of
from .validation_mean import ValidationMean

MINIBATCH = 8
TRAIN_REPLICATES = 20
"""Dialogues with each train seeker before one is repeated."""
IDLE_AT_MOST = 50
"""Iterations that lead to no new dialogue after which none is to be expected."""


class Gepa:
    """GEPA by its own rule."""

    again = False
    """Whether a greater validation mean must show in fresh dialogues, too."""

    def run(self, task: SearchTask) -> str:
        """Let GEPA search until it stops or the budget ends."""
        means, stop = self._means(task), _Stop(task)
        with package_call(task.runner):
            optimize(
                seed_candidate=texts_of(task.bank),
                trainset=[(p, n) for n in range(TRAIN_REPLICATES) for p in task.train],
                valset=means.pairs,
                adapter=Adapter(means),
                reflection_minibatch_size=MINIBATCH,
                module_selector="all",
                stop_callbacks=stop,
                logger=_Quiet(),
                track_best_outputs=False,
                seed=derive_seed(task.runner.seed, "gepa"),
                **self._rule(task),
            )
        return f"{stop.iterations} iterations done"

    def _means(self, task: SearchTask) -> ValidationMean:
        """What GEPA's own bookkeeping of candidates plays."""
        return ValidationMean(task, again=self.again)

    def _rule(self, task: SearchTask) -> dict[str, Any]:
        """What decides which candidates are parents and which are kept."""
        return {"acceptance_criterion": _Improvement(task), "use_merge": True}


class GepaRemeasured(Gepa):
    """The same, where the best candidate must also win in fresh, paired dialogues."""

    again = True


class _Stop:
    """Ends a search without a budget after its proposals, and one that plays nothing new."""

    def __init__(self, task: SearchTask) -> None:
        self._task = task
        self.iterations = self._played = self._idle = 0

    def __call__(self, gepa_state: GEPAState[Any, Any]) -> bool:
        """Whether GEPA shall stop."""
        self.iterations = gepa_state.i + 1
        rollouts, limit = self._task.runner.ledger.spend.rollouts, self._task.proposal_limit
        self._idle = self._idle + 1 if rollouts == self._played else 0
        self._played = rollouts
        done = limit is not None and self.iterations >= limit
        return done or self._idle >= IDLE_AT_MOST


class _Improvement(StrictImprovementAcceptance):
    """GEPA's own criterion, reported."""

    def __init__(self, task: SearchTask) -> None:
        self._record = task.record
        self._first = task.bank

    def should_accept(self, proposal: CandidateProposal[Any], state: GEPAState[Any, Any]) -> bool:
        """Whether the child's sum of scores on the minibatch is greater than the parent's."""
        accepted = super().should_accept(proposal, state)
        parent = bank_of(state.program_candidates[proposal.parent_program_ids[0]], self._first)
        child = bank_of(proposal.candidate, self._first)
        edits = changes(parent, child)
        if edits and not accepted:
            before, after = proposal.subsample_scores_before, proposal.subsample_scores_after
            reason = (
                f"sum of scores {sum(after or ()):.2f} in {MINIBATCH} train dialogues, that of its "
                f"parent {sum(before or ()):.2f}"
            )
            with called_back():
                self._record.decide(
                    edits, child, accepted=False, gate="minibatch", reason=reason, parent=parent
                )
        return accepted


class _Quiet:
    """GEPA's log, unread: our events say it."""

    def log(self, message: str) -> None:
        """Drop a message."""
