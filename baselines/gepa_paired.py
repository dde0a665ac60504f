"""GEPA's proposals with the challenge of ESC-Skills: its reflector with a sound acceptance rule.

Configuration. As `gepa`, with our gates and our challenge as its acceptance criterion, error rate
and pairs those of `evolution`. What is accepted is better than its parent beyond the error rate, so
the parent is always the last accepted candidate, and one validation dialogue is all that GEPA's
own bookkeeping gets: a Pareto front and merging would cost dialogues and decide by luck.
"""

from collections.abc import Sequence
from typing import Any

from gepa.core.state import GEPAState
from gepa.proposer.base import CandidateProposal

from esc_skills.optimizers.strategy import SearchTask
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from .gating import challenge_candidate
from .gepa import Gepa
from .package import called_back
from .texts import bank_of, changes
from .validation_mean import ValidationMean


class GepaPaired(Gepa):
    """GEPA with the challenge as acceptance criterion."""

    def _means(self, task: SearchTask) -> ValidationMean:
        return _Undecided(task, dialogues=1)

    def _rule(self, task: SearchTask) -> dict[str, Any]:
        return {
            "acceptance_criterion": _Challenge(task),
            "candidate_selection_strategy": _LastAccepted(),
            "use_merge": False,
        }


class _Undecided(ValidationMean):
    """Plays one dialogue for GEPA's bookkeeping, which decides nothing."""

    def compare(self, bank: Bank, rollouts: Sequence[Rollout], edits: Sequence[Edit] = ()) -> None:
        """Nothing: the challenge has decided."""


class _Challenge:
    """Our gates and our challenge as a GEPA acceptance criterion."""

    def __init__(self, task: SearchTask) -> None:
        self._task = task
        self._first = task.bank

    def should_accept(self, proposal: CandidateProposal[Any], state: GEPAState[Any, Any]) -> bool:
        """Whether the child passes the gates and wins the challenge."""
        child = bank_of(proposal.candidate, self._first)
        edits = changes(self._task.bank, child)
        with called_back():
            return bool(edits) and challenge_candidate(self._task, child, edits)


class _LastAccepted:
    """The parent is the incumbent."""

    def select_candidate_idx(self, state: GEPAState[Any, Any]) -> int:
        """The last candidate of the pool."""
        return len(state.program_candidates) - 1
