"""Random search: edits proposed without reading dialogues, accepted by the challenge of ESC-Skills.

Configuration. Half of the edits are drawn by `random_edit` (drop, duplicate, swap, move a number of
the policy), half come from our editor and its model, but without findings, credit or dialogues.
Gates, challenge, error rate and pairs are those of `evolution`, so the difference to `evolution` is
the value of reading the dialogues.
"""

import random
from collections.abc import Iterator
from itertools import count

from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.learning.editor import BankEditor, new_edits
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.edits import (
    AddSkill,
    Edit,
    RemoveSkill,
    RewriteField,
    SetPolicy,
    apply_edit,
    in_words,
)
from esc_skills.signatures.skills import Bank, PolicyParameters, SkillDraft

from .gating import challenge_candidate

DRAWS = 20
"""Draws after which a round goes on without another random edit."""


class RandomEdits:
    """Draws edits, challenges each, keeps what the challenge accepts."""

    def run(self, task: SearchTask) -> str:
        """Try edits until none is left or the budget ends."""
        rng = random.Random(derive_seed(task.runner.seed, "random edits"))
        record, limit = task.record, task.proposal_limit
        rejected: list[str] = []
        for generation in count():
            if limit is not None and len(record.decisions) >= limit:
                break
            record.generation = generation
            edits = tuple(_proposals(task, rng, rejected))
            if not edits:
                return "no edit is left that was not tried"
            record.analysed((), edits)
            for edit in edits:
                # the bank moves on from edit to edit
                if not new_edits(task.bank, [edit], record.tried):
                    continue
                candidate = apply_edit(task.bank, edit)
                record.tried.add(candidate.identity)
                if not challenge_candidate(task, candidate, (edit,)):
                    rejected.append(in_words(edit))
        return f"all {limit} edits tried"


def _proposals(task: SearchTask, rng: random.Random, rejected: list[str]) -> Iterator[Edit]:
    """A random edit or more, and as many from an editor who has read nothing."""
    bank, tried, most = task.bank, task.record.tried, task.settings.edits_last
    for _ in range(most):
        drawn = new_edits(bank, [random_edit(bank, rng) for _ in range(DRAWS)], tried)
        yield from drawn[:1]
    try:
        yield from task.runner.consult(
            lambda: BankEditor()(bank, rejected=rejected, tried=tried, limit=most).edits,
            "random edits",
            task.record.generation,
        )
    except DialogueError:
        return


def random_edit(bank: Bank, rng: random.Random) -> Edit:
    """Any edit that needs no words of its own; it need not apply, nor change anything."""
    if not bank.skills or rng.random() < 0.25:
        parameters = PolicyParameters(
            offered_tokens=rng.choice([400, 800, 1600, 3200]),
            context_turns=rng.randint(1, 4),
            warm_up=rng.randint(0, 2),
        )
        return SetPolicy(parameters=parameters, reason="at random")
    skill, other = rng.choice(bank.skills), rng.choice(bank.skills)
    kind = rng.choice(["drop", "duplicate", "swap when", "swap guidance"])
    if kind == "drop":
        return RemoveSkill(name=skill.name, reason="at random")
    if kind == "duplicate":
        draft = skill.model_dump(exclude={"provenance"})
        mixed = {**draft, "name": f"{skill.name[:55]}-copy", "guidance": other.guidance}
        return AddSkill(skill=SkillDraft.model_validate(mixed), reason="at random")
    field = "when_to_use" if kind == "swap when" else "guidance"
    return RewriteField(
        name=skill.name, field=field, text=getattr(other, field), reason="at random"
    )
