"""The bank editor: proposes bounded edits that answer findings, each applicable and new."""

import logging
from collections.abc import Collection, Sequence

import dspy

from esc_skills.signatures.edit_drafts import EditDraft, typed_edit
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
from esc_skills.signatures.rollouts import Finding, Rollout
from esc_skills.signatures.skills import GUIDANCE_TOKENS, Bank
from esc_skills.signatures.words import clipped

from ..models.role_predict import RolePredict
from ..models.seeds import seed_scope
from ..support.selection import card_tokens
from ..support.support_agent import draft
from .analyst import scored_exchanges

logger = logging.getLogger(__name__)
FINDINGS_SHOWN = 8
EXCHANGES_SHOWN = 4
"""Exchanges that cost most, and as many that gained most, as evidence."""
TRIED_SHOWN = 60
"""Rejected edits that the editor is reminded of, the latest; as many accepted ones."""


class BankEditor(dspy.Module):
    """Proposes edits; edits that do not apply or were tried before are dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.propose = RolePredict(ProposeEdits, role="analyst")

    def forward(
        self,
        bank: Bank,
        findings: Sequence[Finding] = (),
        credit: Sequence[SkillCredit] = (),
        *,
        rollouts: Sequence[Rollout] = (),
        accepted: Sequence[str] = (),
        rejected: Sequence[str] = (),
        tried: Collection[str] = (),
        limit: int,
    ) -> dspy.Prediction:
        """Propose edits of a bank.

        Args:
            bank: The bank to edit.
            findings: What is wrong with it, the best supported first.
            credit: How replies with each skill were received.
            rollouts: Its dialogues, whose worst and best exchanges are the evidence.
            accepted: What was accepted before, in words.
            rejected: What was rejected before, in words and with the reason.
            tried: Identities of the banks that were tried before.
            limit: How many edits at most.

        Returns:
            A prediction with `edits` (tuple of Edit), the most promising first.

        Raises:
            DialogueError: The editor model failed, or none of its edits can be used.
        """
        lost, won = lost_and_won(rollouts)
        with seed_scope("propose"):
            drafts: list[EditDraft] = self.propose(
                check=lambda answer: _fault(answer.edits, bank),
                skills=[draft(skill) for skill in bank.skills],
                policy=bank.policy,
                room=room(bank),
                credit=list(credit),
                findings=list(findings[:FINDINGS_SHOWN]),
                lost=lost,
                won=won,
                accepted=list(accepted[-TRIED_SHOWN:]),
                rejected=list(rejected[-TRIED_SHOWN:]),
                limit=limit,
            ).edits
        usable, faults = _usable(drafts, bank)
        if faults:
            told = f"{len(faults)} of {len(drafts)} edits cannot be used: {'; '.join(faults)}"
            logger.warning("the editor: %s", told)
        short = [within_budget(edit) for edit in usable]
        return dspy.Prediction(edits=tuple(new_edits(bank, short, tried))[:limit])


def room(bank: Bank) -> str:
    """How full a bank is, in words."""
    offered = bank.policy.parameters.offered_tokens
    count = f"{len(bank.skills)} skill{'s' * (len(bank.skills) != 1)}"
    return (
        f"{count}, {card_tokens(bank)} of {offered} tokens; what is beyond them "
        "is offered only where it is near to what the seeker says"
    )


def lost_and_won(rollouts: Sequence[Rollout]) -> tuple[list[str], list[str]]:
    """The exchanges that cost most emotion, and those that gained most, each the clearest first."""
    seen = [scored for rollout in rollouts for scored in scored_exchanges(rollout)]
    ranked = sorted(seen, key=lambda scored: scored[0])
    lost = [line for change, line in ranked if change < 0][:EXCHANGES_SHOWN]
    won = [line for change, line in reversed(ranked) if change > 0][:EXCHANGES_SHOWN]
    return lost, won


def _usable(drafts: Sequence[EditDraft], bank: Bank) -> tuple[list[Edit], list[str]]:
    """(The edits that apply to the bank, why the others do not)."""
    edits: list[Edit] = []
    faults: list[str] = []
    for number, written in enumerate(drafts, start=1):
        try:
            edit = typed_edit(written, bank)
            apply_edit(bank, edit)
        except EditError as error:
            faults.append(f"edit {number}: {error}")
        else:
            edits.append(edit)
    return edits, faults


def _fault(drafts: Sequence[EditDraft], bank: Bank) -> str:
    """Why no edit of an answer can be used; empty where one can, or where none is proposed."""
    usable, faults = _usable(drafts, bank)
    return "" if usable else "; ".join(faults)


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
