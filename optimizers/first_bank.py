"""Whether the first bank earns its place: whole dialogues with it and without any skill.

A beginner's drafts can be worse than no skill at all, and edits then spend a budget on repairs.
"""

from esc_skills.metrics.evidence.whole_dialogues import earns
from esc_skills.signatures.edits import RemoveSkill
from esc_skills.signatures.skills import Bank

from .challenge import ChallengeOutcome, Pairs, challenge
from .events import FIRST_BANK
from .gates import rule_on
from .strategy import SearchTask


def give_up_first_bank(task: SearchTask, pairs: Pairs) -> tuple[bool, ChallengeOutcome] | None:
    """Play the first bank against no bank, and go on without it if it loses.

    It may lose by score, or, like every bank that is accepted, by a judge's grades or with a group
    of seekers.

    Args:
        task: The search, before its first edit.
        pairs: Where the dialogues are drawn from.

    Returns:
        Whether it was given up, and the dialogues, in which it is the candidate; None where there
        is nothing to compare, or no budget for that.

    Raises:
        BudgetExhausted: The budget does not hold what the judge may take.
    """
    skills, settings, runner = task.bank.skills, task.settings, task.runner
    least = runner.likely_cost_of(2 * settings.look_every)
    if not skills or FIRST_BANK in settings.without or not runner.ledger.room_for(least):
        return None
    none, before = Bank(), runner.ledger.spend
    agents = task.agent.with_bank(none), task.incumbent
    outcome = challenge(runner, *agents, pairs, settings.rule, settings.look_every, decide=earns)
    if not outcome.decided:
        return False, outcome
    ruling = rule_on(runner, outcome, settings)
    given_up = not ruling.accepted and task.record.decide(
        [RemoveSkill(name=skill.name) for skill in skills],
        none,
        accepted=True,
        gate=FIRST_BANK,
        reason=f"no skill is better than the first bank: {ruling.reason}",
        pairs=outcome.pairs,
        cost=runner.ledger.spend - before,
    )
    return given_up, outcome
