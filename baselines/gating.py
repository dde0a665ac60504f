"""The gates and the challenge of ESC-Skills, for baselines that use them."""

from collections.abc import Sequence

from esc_skills.optimizers.challenge import ChallengeOutcome, PairSequence, challenge, level_of
from esc_skills.optimizers.gates import objection_to, rule_on
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.skills import Bank


def challenge_candidate(task: SearchTask, candidate: Bank, edits: Sequence[Edit]) -> bool:
    """Test a candidate with gates and challenge, and record the decision.

    Args:
        task: Whose incumbent is challenged; an accepted candidate takes its place.
        candidate: The challenger.
        edits: What the challenger differs in; what they bring in is reviewed for safety.

    Returns:
        Whether the candidate was accepted.

    Raises:
        BudgetExhausted: The budget ended before the evidence did.
    """
    record = task.record
    objections = (objection_to(task.runner, edit) for edit in edits)
    objection = next((found for found in objections if found), None)
    if objection is not None:
        record.decide(edits, candidate, **objection._asdict())
        return False
    outcome = _challenged(task, candidate)
    ruling = rule_on(task.runner, outcome, task.settings)
    accepted = record.decide(
        edits,
        candidate,
        **ruling._asdict(),
        pairs=outcome.pairs,
        gain=outcome.gain,
        e_value=outcome.e_value,
    )
    record.measure(level_of(outcome.candidate if accepted else outcome.incumbent))
    if not outcome.decided:
        raise BudgetExhausted(outcome.reason)
    return accepted


def _challenged(task: SearchTask, candidate: Bank) -> ChallengeOutcome:
    """The challenge on the incumbent's own pairs, which it has to play only once."""
    return challenge(
        task.runner,
        task.incumbent,
        task.agent.with_bank(candidate),
        PairSequence(task.validation, task.runner.seed, len(task.record.banks) - 1),
        task.settings.rule,
        task.settings.look_every,
    )
