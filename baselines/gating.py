"""Our gates and our challenge, for peers that borrow them."""

from collections.abc import Sequence

from esc_skills.optimizers.challenge import Outcome, PairSequence, challenge
from esc_skills.optimizers.gates import rule_on, unsafe_text
from esc_skills.programs.models.failures import BudgetExhausted, DialogueError
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.skills import Bank

from .peer import Peer, Stopped


def judged(peer: Peer, candidate: Bank, edits: Sequence[Edit]) -> bool:
    """Put a candidate before our gates and our challenge, and report what became of it.

    Args:
        peer: Whose incumbent is challenged; promoted where the candidate is accepted.
        candidate: The challenger.
        edits: What the challenger differs in; what they bring in is reviewed for safety.

    Returns:
        Whether the candidate was accepted.

    Raises:
        Stopped: The budget ended before the evidence did.
    """
    objection = _objection(peer, edits)
    if objection is not None:
        peer.decide(candidate, edits, accepted=False, gate="safety", reason=objection)
        return False
    outcome = _challenged(peer, candidate)
    try:
        accepted, gate, reason = rule_on(peer.runner, outcome, peer.settings)
    except BudgetExhausted as ended:
        raise Stopped(str(ended)) from ended
    peer.decide(candidate, edits, accepted=accepted, gate=gate, reason=reason, outcome=outcome)
    peer.measure(outcome.candidate if accepted else outcome.incumbent)
    if not outcome.decided:
        raise Stopped(outcome.reason)
    return accepted


def _objection(peer: Peer, edits: Sequence[Edit]) -> str | None:
    try:
        objections = (unsafe_text(peer.runner, edit) for edit in edits)
        return next((objection for objection in objections if objection), None)
    except DialogueError as failure:
        return f"nobody could review the edit ({failure})"
    except BudgetExhausted as reason:
        raise Stopped(str(reason)) from reason


def _challenged(peer: Peer, candidate: Bank) -> Outcome:
    """The challenge on the incumbent's own pairs, which it has to play only once."""
    pairs = PairSequence(peer.validation, peer.runner.seed, len(peer.banks) - 1)
    try:
        return challenge(
            peer.runner,
            peer.incumbent,
            peer.incumbent.with_bank(candidate),
            pairs,
            peer.settings.rule,
            peer.settings.look_every,
        )
    except BudgetExhausted as reason:
        raise Stopped(str(reason)) from reason
