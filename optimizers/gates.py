"""Gates that no gain in score outweighs: safety always, and judges where they are asked for."""

from collections.abc import Sequence

from esc_skills.metrics.judges.asking import judged_difference
from esc_skills.metrics.judges.panel import JUDGES
from esc_skills.metrics.safety import review_edit, review_rollout
from esc_skills.programs.failures import BudgetExhausted
from esc_skills.programs.runner import Runner
from esc_skills.programs.safety_reviewer import SafetyReviewer
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Rollout, Spend

from .challenge import Outcome
from .settings import EvolutionSettings


def unsafe_text(runner: Runner, edit: Edit) -> str | None:
    """Why the edit must not even be played; None if rules and judge find it safe.

    Raises:
        DialogueError: The judge model failed; an edit that nobody reviewed is not safe.
    """
    concerns = review_edit(edit)
    if concerns:
        return f"{concerns[0].why}: {concerns[0].quote!r}"
    verdict = runner.consult(lambda: SafetyReviewer()(edit=edit), "safety")
    return None if verdict.safe else f"the judge objects: {verdict.concern}"


def unsafe_play(candidate: Sequence[Rollout], incumbent: Sequence[Rollout]) -> str | None:
    """What the candidate said that is unsafe and that the incumbent did not; None if nothing."""
    for after, before in zip(candidate, incumbent, strict=True):
        known = {concern.rule for concern in review_rollout(before)}
        for concern in review_rollout(after):
            if concern.rule not in known:
                place = f"{after.profile}, replicate {after.replicate}"
                return f"{concern.why} ({place}): {concern.quote!r}"
    return None


def refusal(
    runner: Runner, settings: EvolutionSettings, outcome: Outcome
) -> tuple[str, str] | None:
    """The gate that a challenger does not pass, and why; None if it passes them all.

    Judges are asked only about a challenger that would be accepted.

    Raises:
        BudgetExhausted: The budget does not hold what the judges may take.
    """
    objection = unsafe_play(outcome.candidate, outcome.incumbent)
    if objection:
        return "safety", objection
    if outcome.accepted:
        objection = judged_worse(runner, settings, outcome.candidate, outcome.incumbent)
    return ("judges", objection) if objection else None


def judged_worse(
    runner: Runner,
    settings: EvolutionSettings,
    candidate: Sequence[Rollout],
    incumbent: Sequence[Rollout],
) -> str | None:
    """Why a judge finds the candidate worse beyond the tolerance, on average; None if none does.

    A judge that could not be had refuses: what nobody judged has not passed.

    Raises:
        BudgetExhausted: The budget does not hold what the judges may take.
    """
    for name in settings.judges:
        judge = JUDGES[name]()
        if not runner.ledger.room_for(Spend(calls=2 * len(candidate) * judge.calls)):
            raise BudgetExhausted(f"the budget does not hold what the judge {name} may take")
        found = judged_difference(runner, judge, incumbent, candidate)
        if found is None:
            return f"the judge {name} gave no readable answer"
        if found.mean < -settings.judge_tolerance:
            return (
                f"the judge {name} grades it {found.mean:+.1f} points "
                f"({found.low:+.1f} to {found.high:+.1f})"
            )
    return None
