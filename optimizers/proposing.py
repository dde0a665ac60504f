"""Where edits come from: train dialogues, read by the analyst, answered by the editor."""

import math
import random
from collections.abc import Sequence

from esc_skills.metrics.sage.credit import credit
from esc_skills.programs.learning.analyst import TraceAnalyst
from esc_skills.programs.learning.editor import BankEditor
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.support.support_agent import NO_SKILL, SupportAgent
from esc_skills.signatures.edits import Edit, RemoveSkill
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.reflection import SkillCredit

from .events import Analysed
from .record import Record
from .settings import EvolutionSettings

PRUNING_USES = 8
"""Replies with a skill from which its credit may speak against it."""
REPLICATES_EACH = 100
"""Replicates at most of a seeker in the dialogues of one generation."""


def propose(
    runner: Runner,
    incumbent: SupportAgent,
    train: Sequence[Profile],
    settings: EvolutionSettings,
    record: Record,
    generation: int,
    fruitless: int = 0,
) -> tuple[Edit, ...]:
    """The edits of one generation; none where no dialogue could be played.

    The dialogues of fruitless generations before this one are the incumbent's, too: half as many
    further ones are played, and all are read.
    """
    pairs = train_pairs(train, settings.train_rollouts, generation - fruitless, runner.seed)
    for later in range(generation - fruitless + 1, generation + 1):
        pairs += train_pairs(train, settings.train_rollouts // 2, later, runner.seed)
    rollouts = [r for r in runner.play(incumbent, pairs) if r.valid]
    if not rollouts:
        return ()
    bank, without = incumbent.bank.value, settings.without
    points = () if "credit" in without else credit(rollouts)
    rejected = () if "rejected edits" in without else record.rejected
    limit = edit_budget(settings, generation)
    try:
        findings = runner.consult(
            lambda: TraceAnalyst()(rollouts, bank, points).findings, generation
        )
        proposed = runner.consult(
            lambda: BankEditor()(bank, findings, points, rejected, record.tried, limit).edits,
            generation,
        )
    except DialogueError:
        findings, proposed = (), ()  # a generation without advice; patience bounds how many
    fresh = (edit for edit in proposed if edit.identity not in record.refused)
    edits = (*prunings(points), *fresh)
    record.emit(
        Analysed(
            generation=generation,
            rollouts=tuple(rollouts),
            credit=points,
            findings=findings,
            edits=edits,
            spend=runner.ledger.spend,
        )
    )
    return edits


def prunings(points: Sequence[SkillCredit]) -> tuple[Edit, ...]:
    """Leave-one-skill-out: the bank without each skill whose replies were received badly.

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
    """Edits that a generation may propose: from first to last along half a cosine."""
    first, last = settings.edits_first, settings.edits_last
    share = generation / max(1, settings.generations - 1)
    return round(last + (first - last) * (1 + math.cos(math.pi * share)) / 2)


def train_pairs(profiles: Sequence[Profile], count: int, generation: int, seed: int) -> list[Pair]:
    """`count` (profile, replicate) pairs of a generation, spread evenly over the profiles."""
    order = sorted(profiles, key=lambda profile: profile.id)
    random.Random(derive_seed(seed, "train", generation)).shuffle(order)
    first = (generation + 1) * REPLICATES_EACH  # that no other generation uses
    return [(order[i % len(order)], first + i // len(order)) for i in range(count)]
