"""Safety as a hard gate: never averaged into a score, never outweighed by a gain."""

from collections.abc import Sequence

from esc_skills.metrics.safety import review_edit, review_rollout
from esc_skills.programs.runner import Runner
from esc_skills.programs.safety_reviewer import SafetyReviewer
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Rollout


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
