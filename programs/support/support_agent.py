"""The supporter: chooses a skill of its bank, or none, and replies. This is what is deployed."""

import dspy

from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.skills import Bank, Skill, SkillDraft
from esc_skills.signatures.support import Respond, SelectSkill, SkillCard

from ..models.role_predict import Stage
from .selection import shortlist
from .skill_bank import SkillBank

NO_SKILL = "none"


class SupportAgent(dspy.Module):
    """Replies to a seeker with the skill of its bank that the moment calls for.

    Saved and loaded as JSON (`save("program.json")`): the bank, and the instructions and
    demonstrations of the predictors `select` and `respond`.
    """

    def __init__(self, bank: Bank | None = None) -> None:
        super().__init__()
        self.bank = SkillBank(bank or Bank())
        self.select = Stage(SelectSkill, role="supporter")
        self.respond = Stage(Respond, role="supporter", spoken="reply")

    def forward(self, history: list[Turn], message: str) -> dspy.Prediction:
        """The next supporter turn.

        Args:
            history: The conversation before `message`, alternating, oldest first.
            message: What the seeker has just said.

        Returns:
            A prediction with `reply` (str), `skill` (name or None) and `why` (str).
        """
        return self.reply(history, message, *self.choose(history, message))

    def choose(self, history: list[Turn], message: str) -> tuple[SkillDraft | None, str]:
        """The skill for the next turn as the responding model sees it, or None, and the reason."""
        offered = self._offered(history, message)
        choice = self.select(**self._selection(offered, history, message)) if offered else None
        return self._chosen(offered, choice)

    def reply(
        self, history: list[Turn], message: str, skill: SkillDraft | None, why: str
    ) -> dspy.Prediction:
        """The next turn with the chosen skill; see `forward`."""
        answer = self.respond(history=history, message=message, skill=skill)
        return dspy.Prediction(reply=answer.reply, skill=skill and skill.name, why=why)

    async def aforward(self, history: list[Turn], message: str) -> dspy.Prediction:
        """`forward`, without blocking the event loop."""
        offered = self._offered(history, message)
        choice = None
        if offered:
            choice = await self.select.acall(**self._selection(offered, history, message))
        skill, why = self._chosen(offered, choice)
        answer = await self.respond.acall(history=history, message=message, skill=skill)
        return dspy.Prediction(reply=answer.reply, skill=skill and skill.name, why=why)

    def with_bank(self, bank: Bank) -> "SupportAgent":
        """A copy of this agent that holds another bank."""
        copy = self.deepcopy()
        copy.bank = SkillBank(bank)
        return copy

    def _offered(self, history: list[Turn], message: str) -> list[Skill]:
        said = [turn.text for turn in history if turn.speaker == "seeker"]
        return shortlist(self.bank.value, [*said, message])

    def _selection(
        self, offered: list[Skill], history: list[Turn], message: str
    ) -> dict[str, object]:
        cards = [card(skill) for skill in offered]
        policy = self.bank.value.policy.text
        return {"policy": policy, "skills": cards, "history": history, "message": message}

    @staticmethod
    def _chosen(
        offered: list[Skill], choice: dspy.Prediction | None
    ) -> tuple[SkillDraft | None, str]:
        """The chosen skill as the responding model sees it (no provenance), and the reason."""
        if choice is None:
            return None, "no skill was on offer"
        wanted = str(choice.skill).strip().strip("`'\"").lower()
        for skill in offered:
            if skill.name == wanted:
                return draft(skill), choice.why
        if wanted == NO_SKILL:
            return None, choice.why
        return None, f"the model chose {choice.skill!r}, which was not on offer"


def card(skill: Skill) -> SkillCard:
    """What the selecting model sees of a skill."""
    return SkillCard(
        name=skill.name,
        when_to_use=skill.when_to_use,
        when_not_to_use=skill.when_not_to_use,
    )


def draft(skill: Skill) -> SkillDraft:
    """The skill without its provenance."""
    return SkillDraft(**skill.model_dump(exclude={"provenance"}))
