"""GEPA's proposals under our challenge: what its reflector is worth with a sound acceptance rule.

Configuration. As `gepa`, with our gates and our challenge as its acceptance criterion, error rate
and pairs those of `evolution`. What is accepted is better than its parent beyond the error rate, so
the parent is always the last accepted candidate, and one validation dialogue is all that GEPA's
own bookkeeping gets: a Pareto front and merging would cost dialogues and decide by luck.
"""

from collections.abc import Sequence
from typing import Any

from gepa.core.state import GEPAState
from gepa.proposer.base import CandidateProposal

from esc_skills.programs.runner import Pair
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

from .gating import judged
from .gepa import Gepa
from .texts import bank_of, changes


class GepaPaired(Gepa):
    """GEPA with the challenge as acceptance criterion."""

    def validation_pairs(self, most: int = 1) -> list[Pair]:
        """One dialogue for GEPA's bookkeeping, which decides nothing."""
        return super().validation_pairs(most)

    def compare(self, bank: Bank, rollouts: Sequence[Rollout], edits: Sequence[Edit] = ()) -> None:
        """Nothing: the challenge has decided."""

    def _rule(self) -> dict[str, Any]:
        return {
            "acceptance_criterion": _Challenge(self),
            "candidate_selection_strategy": _LastAccepted(),
            "use_merge": False,
        }


class _Challenge:
    """Our gates and our challenge as a GEPA acceptance criterion."""

    def __init__(self, peer: GepaPaired) -> None:
        self._peer = peer

    def should_accept(self, proposal: CandidateProposal, state: GEPAState) -> bool:
        """Whether the child passes the gates and wins the challenge."""
        child = bank_of(proposal.candidate, self._peer.first)
        edits = changes(self._peer.bank, child)
        return bool(edits) and judged(self._peer, child, edits)


class _LastAccepted:
    """The parent is the incumbent."""

    def select_candidate_idx(self, state: GEPAState) -> int:
        """The last candidate of the pool."""
        return len(state.program_candidates) - 1
