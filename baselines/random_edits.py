"""Random search: edits that no dialogue was read for, accepted by our own challenge.

Configuration. Half of the edits are drawn by `random_edit` (drop, duplicate, swap, move a number of
the policy), half come from our editor and its model, but without findings, credit or dialogues.
Gates, challenge, error rate and pairs are ours, so that what it falls short of `evolution` is what
reading the dialogues is worth.
"""

import random
from collections.abc import Iterator

from esc_skills.programs.learning.editor import BankEditor, new_edits
from esc_skills.programs.models.failures import BudgetExhausted, DialogueError
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.edits import (
    AddSkill,
    Edit,
    RemoveSkill,
    RewriteField,
    SetPolicy,
    apply_edit,
)
from esc_skills.signatures.skills import Bank, PolicyParameters, SkillDraft

from .gating import judged
from .peer import Peer, Stopped

DRAWS = 20
"""Draws after which a round goes on without another random edit."""


class RandomEdits(Peer):
    """Draws edits, challenges each, keeps what the challenge accepts."""

    def _search(self) -> str:
        rng = random.Random(derive_seed(self.runner.seed, "random edits"))
        tried = {self.bank.identity}
        rejected: list[str] = []
        while self.limit is None or len(self.decisions) < self.limit:
            edits = tuple(self._proposals(rng, tried, rejected))
            if not edits:
                return "no edit is left that was not tried"
            self.analysed((), edits)
            for edit in edits:
                if not new_edits(self.bank, [edit], tried):  # the bank moves on from edit to edit
                    continue
                candidate = apply_edit(self.bank, edit)
                tried.add(candidate.identity)
                if not judged(self, candidate, (edit,)):
                    rejected.append(edit.model_dump_json(exclude={"reason"}))
        return f"all {self.limit} edits tried"

    def _proposals(
        self, rng: random.Random, tried: set[str], rejected: list[str]
    ) -> Iterator[Edit]:
        """A random edit or more, and as many from an editor who has read nothing."""
        count = self.settings.edits_last
        for _ in range(count):
            drawn = new_edits(self.bank, [random_edit(self.bank, rng) for _ in range(DRAWS)], tried)
            yield from drawn[:1]
        bank = self.bank
        try:
            yield from self.runner.consult(
                lambda: BankEditor()(bank, (), (), rejected, tried, count).edits,
                "random edits",
                self.generation,
            )
        except DialogueError:
            return
        except BudgetExhausted as reason:
            raise Stopped(str(reason)) from reason


def random_edit(bank: Bank, rng: random.Random) -> Edit:
    """Any edit that needs no words of its own; it need not apply, nor change anything."""
    if not bank.skills or rng.random() < 0.25:
        parameters = PolicyParameters(
            shortlist=rng.randint(1, 12),
            context_turns=rng.randint(1, 4),
            warm_up=rng.randint(0, 2),
            threshold=rng.choice([0.0, 0.2, 0.4, 0.6]),
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
