"""Proposal of edits: the analyst reads train dialogues, the editor proposes edits."""

import logging
import math
import random
from collections.abc import Sequence

from esc_skills.metrics.sage.credit import credit
from esc_skills.programs.learning.analyst import TraceAnalyst
from esc_skills.programs.learning.editor import BankEditor
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Pair
from esc_skills.programs.support.support_agent import NO_SKILL
from esc_skills.signatures.edits import Edit, RemoveSkill
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.reflection import SkillCredit
from esc_skills.signatures.rollouts import Finding, Rollout

from .headroom import headroom_alarm
from .settings import EvolutionSettings
from .strategy import SearchTask

logger = logging.getLogger(__name__)
PRUNING_USES = 8
"""Replies with a skill from which its credit may speak against it."""
REPLICATES_EACH = 100
"""Replicates at most of a seeker in the dialogues of one generation."""


def propose(task: SearchTask, fruitless: int = 0) -> tuple[Edit, ...]:
    """The edits of the present generation; none where no dialogue could be played.

    Args:
        task: The search.
        fruitless: Generations without an acceptance before. Their dialogues are the incumbent's,
            too: half as many further ones are played, and all are read.

    Raises:
        BudgetExhausted: The budget ended on the way.
    """
    rollouts = _dialogues(task, fruitless)
    if not rollouts:
        return ()
    record, without = task.record, task.settings.without
    if record.generation == 0 and (alarm := headroom_alarm(rollouts)):
        record.emit(alarm)  # before the analyst and any challenge are paid
    points = () if "credit" in without else credit(rollouts)
    findings, proposed = _advised(task, rollouts, points)
    fresh = (edit for edit in proposed if edit.identity not in record.refused)
    edits = (*prunings(points), *fresh)
    record.analysed(rollouts, edits, points=points, findings=findings)
    return edits


def _dialogues(task: SearchTask, fruitless: int) -> list[Rollout]:
    """The incumbent's dialogues with train seekers that are read in this generation."""
    count, now, seed = task.settings.train_rollouts, task.record.generation, task.runner.seed
    pairs = train_pairs(task.train, count, now - fruitless, seed)
    for later in range(now - fruitless + 1, now + 1):
        pairs += train_pairs(task.train, count // 2, later, seed)
    return [r for r in task.runner.play(task.incumbent, pairs) if r.valid]


def _advised(
    task: SearchTask, rollouts: Sequence[Rollout], points: Sequence[SkillCredit]
) -> tuple[tuple[Finding, ...], tuple[Edit, ...]]:
    """Findings of the analyst and edits of the editor; of a model that failed, none.

    A generation without advice costs nothing more; patience bounds how many there are.
    """
    runner, record, bank = task.runner, task.record, task.bank
    rejected = () if "rejected edits" in task.settings.without else record.rejected
    limit = edit_budget(task.settings, record.generation)
    try:
        findings = runner.consult(
            lambda: TraceAnalyst()(rollouts, bank, points).findings, record.generation
        )
    except DialogueError as error:
        logger.warning("a generation without advice: %s", error)
        return (), ()
    try:
        proposed = runner.consult(
            lambda: (
                BankEditor()(
                    bank,
                    findings,
                    points,
                    rollouts=rollouts,
                    accepted=record.accepted,
                    rejected=rejected,
                    tried=record.tried,
                    limit=limit,
                ).edits
            ),
            record.generation,
        )
    except DialogueError as error:
        logger.warning("a generation without new edits: %s", error)
        return findings, ()
    return findings, proposed


def prunings(points: Sequence[SkillCredit]) -> tuple[Edit, ...]:
    """Leave-one-skill-out edits: remove each skill whose replies were received badly.

    Unlike what the editor proposes, it is tried again for a new incumbent, since what a skill is
    worth depends on the others.
    """
    return tuple(
        RemoveSkill(
            name=row.skill,
            reason=f"its {row.uses} replies were received {-row.lift:.1f} points worse than others",
        )
        for row in sorted(points, key=lambda row: row.lift)
        if row.skill != NO_SKILL and row.uses >= PRUNING_USES and row.lift < 0
    )


def edit_budget(settings: EvolutionSettings, generation: int) -> int:
    """Edits a generation may propose: from first to last along half a cosine, then the last."""
    first, last = settings.edits_first, settings.edits_last
    share = min(1.0, generation / max(1, settings.generations - 1))
    return round(last + (first - last) * (1 + math.cos(math.pi * share)) / 2)


def train_pairs(profiles: Sequence[Profile], count: int, generation: int, seed: int) -> list[Pair]:
    """`count` (profile, replicate) pairs of a generation, spread evenly over the profiles."""
    order = sorted(profiles, key=lambda profile: profile.id)
    random.Random(derive_seed(seed, "train", generation)).shuffle(order)
    first = (generation + 1) * REPLICATES_EACH  # that no other generation uses
    return [(order[i % len(order)], first + i // len(order)) for i in range(count)]
