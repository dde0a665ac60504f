"""Whether the first bank earns its place: whole dialogues with it and without any skill.

A beginner's drafts can be worse than no skill at all, and edits then spend a budget on repairs.
"""

from esc_skills.metrics.evidence.whole_dialogues import earns
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.signatures.edits import RemoveSkill
from esc_skills.signatures.skills import Bank

from .challenge import ChallengeOutcome, PairSequence, challenge
from .events import FIRST_BANK
from .gates import judged_worse
from .proposing import train_pairs
from .strategy import SearchTask


def give_up_first_bank(
    task: SearchTask, pairs: PairSequence
) -> tuple[bool, ChallengeOutcome] | None:
    """Play the first bank against no bank, and go on without it if it loses.

    It may lose by score, or, like every bank that is accepted, by a judge's grades. The dialogues
    are those that the first generation reads, and one with each validation seeker: whichever bank
    wins has played them for the search as well.

    Args:
        task: The search, before its first edit.
        pairs: Where further dialogues with validation seekers are drawn from.

    Returns:
        Whether it was given up, and the dialogues, in which it is the candidate; None where there
        is nothing to compare, or no budget for that.
    """
    skills, settings, runner = task.bank.skills, task.settings, task.runner
    least = runner.likely_cost_of(2 * settings.look_every)
    if not skills or FIRST_BANK in settings.without or not runner.ledger.room_for(least):
        return None
    none, before = Bank(), runner.ledger.spend
    agents = task.agent.with_bank(none), task.incumbent
    first = train_pairs(task.train, settings.train_rollouts, 0, runner.seed)
    both = pairs.after([*first, *map(pairs.draw_with, task.validation)])
    outcome = challenge(runner, *agents, both, settings.rule, settings.look_every, decide=earns)
    worse = _worse(task, outcome)
    if worse is None:
        return False, outcome
    given_up = task.record.decide(
        [RemoveSkill(name=skill.name) for skill in skills],
        none,
        accepted=True,
        gate=FIRST_BANK,
        reason=f"it does worse than no bank: {worse}",
        pairs=outcome.pairs,
        cost=runner.ledger.spend - before,
    )
    return given_up, outcome


def _worse(task: SearchTask, outcome: ChallengeOutcome) -> str | None:
    """Why the first bank is worse than none; None if it is not, or nobody can tell."""
    if not outcome.decided:
        return None
    if not outcome.accepted:
        return outcome.reason
    try:
        return judged_worse(task.runner, task.settings, outcome.candidate, outcome.incumbent)
    except BudgetExhausted:
        return None
