"""The bank editor: proposes bounded edits that answer findings, each applicable and new."""

from collections.abc import Collection, Sequence

import dspy

from esc_skills.signatures.edits import (
    AddSkill,
    Edit,
    EditError,
    MergeSkills,
    RewriteField,
    SplitSkill,
    apply_edit,
)
from esc_skills.signatures.reflection import ProposeEdits, SkillCredit
from esc_skills.signatures.rollouts import Finding
from esc_skills.signatures.skills import GUIDANCE_TOKENS, Bank
from esc_skills.signatures.words import clipped

from ..models.role_predict import RolePredict
from ..models.seeds import seed_scope
from ..support.support_agent import draft

FINDINGS_SHOWN = 8


class BankEditor(dspy.Module):
    """Proposes edits; edits that do not apply or were tried before are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.propose = RolePredict(ProposeEdits, role="analyst")

    def forward(
        self,
        bank: Bank,
        findings: Sequence[Finding],
        credit: Sequence[SkillCredit],
        rejected: Sequence[str],
        tried: Collection[str],
        limit: int,
    ) -> dspy.Prediction:
        """Propose edits of a bank.

        Args:
            bank: The bank to edit.
            findings: What is wrong with it, the best supported first.
            credit: How replies with each skill were received.
            rejected: What was rejected before, in words.
            tried: Identities of the banks that were tried before.
            limit: How many edits at most.

        Returns:
            A prediction with `edits` (tuple of Edit), the most promising first.

        Raises:
            DialogueError: The editor model failed.
        """
        with seed_scope("propose"):
            proposed: list[Edit] = self.propose(
                skills=[draft(skill) for skill in bank.skills],
                policy=bank.policy,
                credit=list(credit),
                findings=list(findings[:FINDINGS_SHOWN]),
                rejected=list(rejected),
                limit=limit,
            ).edits
        short = [within_budget(edit) for edit in proposed]
        return dspy.Prediction(edits=tuple(new_edits(bank, short, tried))[:limit])


def within_budget(edit: Edit) -> Edit:
    """The edit with every guidance clipped to the budget of tokens, at the end of a sentence."""
    match edit:
        case AddSkill(skill=skill) | MergeSkills(skill=skill):
            return edit.model_copy(update={"skill": skill.shortened})
        case SplitSkill(skills=skills):
            return edit.model_copy(update={"skills": tuple(skill.shortened for skill in skills)})
        case RewriteField(field="guidance", text=text):
            return edit.model_copy(update={"text": clipped(text, GUIDANCE_TOKENS)})
        case _:
            return edit


def new_edits(bank: Bank, edits: Sequence[Edit], tried: Collection[str]) -> list[Edit]:
    """The edits that apply to the bank and lead to a bank not tried before, each once."""
    kept: list[Edit] = []
    seen = set(tried)
    for edit in edits:
        try:
            identity = apply_edit(bank, edit).identity
        except EditError:
            continue
        if identity not in seen:
            seen.add(identity)
            kept.append(edit)
    return kept
