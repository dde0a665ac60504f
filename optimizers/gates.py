"""Gates that override any gain in score: safety, groups of seekers, and a second judge."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from esc_skills.metrics.evidence.statistics import Interval, clustered_interval
from esc_skills.metrics.evidence.whole_dialogues import CONFIRMING
from esc_skills.metrics.judges.asking import judged_difference
from esc_skills.metrics.judges.panel import supporter_judge
from esc_skills.programs.conduct.checker import check_edit
from esc_skills.programs.conduct.reviewer import judge_edit
from esc_skills.programs.conduct.rollouts import check_rollout
from esc_skills.programs.learning.safety_reviewer import SafetyReviewer
from esc_skills.programs.models.failures import BudgetExhausted, DialogueError
from esc_skills.programs.runner import Runner
from esc_skills.signatures.conduct import Breach, hard
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Rollout, Spend

from .challenge import ChallengeOutcome
from .settings import EvolutionSettings

REVIEW = "safety review"
"""Stands for a rule where the reviewer's model objected, and no rule of the conduct did."""
GROUP_ERROR = 0.05
"""Chance that one takes of refusing a bank under which no group loses more than tolerated."""
LOOK = 2
"""Pairs of whole dialogues in which the judge that watches looks for a loss."""
GROUP_PAIRS = 4
"""Pairs of whole dialogues with a group from which its loss can be told from noise at all."""


class Ruling(NamedTuple):
    """The decision of the gates on a challenge."""

    accepted: bool
    gate: str
    """What decided: `safety`, `groups`, `judge`, `challenge`, or `budget`."""
    reason: str
    rules: tuple[str, ...] = ()
    """Rules of the conduct that are broken, if they decided; or `REVIEW`."""


def rule_on(runner: Runner, outcome: ChallengeOutcome, settings: EvolutionSettings) -> Ruling:
    """Safety first, then the evidence, then the groups of seekers, then the second judge.

    The judge is asked only about a challenger that would be accepted.

    Raises:
        BudgetExhausted: The budget does not hold what the judge may take.
    """
    unsafe = unsafe_play(outcome.candidate, outcome.incumbent, read=runner.guard.reader is not None)
    if unsafe is not None:
        return unsafe
    if outcome.accepted and settings.group_tolerance is not None:
        loss = worse_group(
            outcome.candidate,
            outcome.incumbent,
            settings.group_tolerance,
        )
        if loss is not None:
            return Ruling(False, "groups", loss)
    if outcome.accepted:
        worse = judged_worse(runner, settings, outcome.candidate, outcome.incumbent)
        if worse is not None:
            return Ruling(False, "judge", worse)
    return Ruling(outcome.accepted, "challenge" if outcome.decided else "budget", outcome.reason)


def objection_to(runner: Runner, edit: Edit) -> Ruling | None:
    """Why the edit must not be played; None if rules and reviewer find it safe.

    An edit without a safety review is not played, but it is not called unsafe.

    Raises:
        BudgetExhausted: The budget does not hold the review.
    """
    try:
        return unsafe_text(runner, edit)
    except DialogueError as failure:
        reason = f"the safety review failed, so the edit was not tried ({failure})"
        return Ruling(False, "review", reason)


def unsafe_text(runner: Runner, edit: Edit) -> Ruling | None:
    """Why the edit must not be played; None if rules, judge and reviewer find it safe.

    The judge is asked about the rules of the conduct that need a reader, if it has any for skills.

    Raises:
        DialogueError: The reviewer's model failed, so the safety of the edit is unknown.
    """
    conduct = runner.guard.conduct
    concerns = hard((*check_edit(edit), *check_edit(edit, conduct)))
    if not concerns and (copied := runner.private.copied_by(edit)):
        concerns = (copied,)
    if not concerns and conduct.judged("skills"):
        concerns = hard(runner.consult(lambda: judge_edit(edit, conduct), "conduct"))
    if concerns:
        told = f"the text of the edit is unsafe, {concerns[0].why}: {concerns[0].quote!r}"
        return Ruling(False, "safety", told, _names(concerns))
    verdict = runner.consult(lambda: SafetyReviewer()(edit=edit), "safety")
    if verdict.safe:
        return None
    return Ruling(False, "safety", f"the safety reviewer objects: {verdict.concern}", (REVIEW,))


def unsafe_play(
    candidate: Sequence[Rollout], incumbent: Sequence[Rollout], *, read: bool
) -> Ruling | None:
    """The first unsafe reply of a kind that the incumbent never gave; None without any.

    Args:
        candidate: Its dialogues.
        incumbent: The same dialogues of the incumbent.
        read: Whether a model read what the seekers said.
    """
    for after, before in zip(candidate, incumbent, strict=True):
        known = {concern.rule for concern in check_rollout(before, read=read)}
        found = check_rollout(after, read=read)
        fresh = [concern for concern in found if concern.rule not in known]
        if fresh:
            place = f"{after.profile}, replicate {after.replicate}"
            told = f"a reply was unsafe, {fresh[0].why} ({place}): {fresh[0].quote!r}"
            return Ruling(False, "safety", told, _names(fresh))
    return None


def _names(concerns: Sequence[Breach]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(concern.rule for concern in concerns))


def worse_group(
    candidate: Sequence[Rollout],
    incumbent: Sequence[Rollout],
    tolerance: float,
) -> str | None:
    """A group of seekers that the candidate harms, and by how much; None without evidence.

    A group shows it when even the upper bound of its mean paired difference (Student's t, one-sided
    at `GROUP_ERROR`, which is shared by the groups that can be judged) lies below the tolerated
    loss. With the few pairs of a confirmation this finds large losses only.

    Args:
        candidate: Rollouts of the candidate.
        incumbent: Those of the incumbent, on the same pairs.
        tolerance: Loss, in score, that a group may bear.
    """
    changes: defaultdict[str, list[float]] = defaultdict(list)
    for after, before in zip(candidate, incumbent, strict=True):
        changes[after.group].append(100 * (after.score - before.score))
    judged = {name: found for name, found in changes.items() if len(found) >= GROUP_PAIRS}
    for name, found in sorted(judged.items()):
        level = 1 - 2 * GROUP_ERROR / len(judged)
        loss = clustered_interval({name: found}, bounds=(-100, 100), level=level)
        if loss.high < -100 * tolerance:
            return (
                f"seekers of the group {name} lose {-loss.mean:.1f} points in {loss.n} pairs of "
                f"whole dialogues (one-sided bound {-loss.high:.1f}), more than the tolerated "
                f"{100 * tolerance:g}"
            )
    return None


def judged_worse(
    runner: Runner,
    settings: EvolutionSettings,
    candidate: Sequence[Rollout],
    incumbent: Sequence[Rollout],
) -> str | None:
    """Why a gain is unlikely by another judge; None if it is not, or nobody asks one.

    The judge has the veto that whole dialogues have by score (`confirm`): its grades alone must not
    make any gain as unlikely as `CONFIRMING`. A second judge reads all pairs, and one that it gives
    no grade refuses the candidate. Without one, the judge that watches the sealed test looks at the
    `LOOK` pairs whose score rises most, and reads the others only where it sees a loss there.

    Raises:
        BudgetExhausted: The budget does not hold what the judge may take.
    """
    name = settings.second_judge or settings.watch
    if name is None:
        return None
    pairs = sorted(
        zip(incumbent, candidate, strict=True), key=lambda pair: pair[0].score - pair[1].score
    )
    if settings.second_judge is None:
        seen = _graded(runner, name, pairs[:LOOK])
        if seen is None or seen.mean >= 0:
            return None
    found = _graded(runner, name, pairs)
    if found is None:
        return f"the judge {name} gave no readable answer" if settings.second_judge else None
    if found.high >= 0:
        return None
    return (
        f"the second judge, {name}, grades it {found.mean:+.1f} points, {found.high:+.1f} at best, "
        "so that a gain is unlikely"
    )


def _graded(runner: Runner, name: str, pairs: Sequence[tuple[Rollout, Rollout]]) -> Interval | None:
    """By how much a judge grades the second dialogue of each pair higher; None without an answer.

    Raises:
        BudgetExhausted: The budget does not hold what the judge may take.
    """
    judge = supporter_judge(name)()
    if not runner.ledger.room_for(Spend(calls=2 * len(pairs) * judge.calls)):
        raise BudgetExhausted(f"the budget is too small for the judge {name}")
    before, after = zip(*pairs, strict=True)
    return judged_difference(runner, judge, before, after, level=1 - 2 * CONFIRMING)
