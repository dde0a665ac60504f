"""The supporter: chooses a skill of its bank, or none, and replies. This is what is deployed."""

import re
from collections.abc import Sequence

import dspy

from esc_skills.signatures.dialogue import Chat, Turn
from esc_skills.signatures.skills import Bank, Skill, SkillDraft
from esc_skills.signatures.support import Respond, SelectSkill, SkillCard, SkillNote

from ..models.failures import NoReply
from ..models.role_predict import AsyncCheck, Check, RolePredict
from ..reading.notes import shown
from ..reading.scalars import is_empty, slug
from .selection import shortlist
from .skill_bank import SkillBank

NO_SKILL = "none"
_EXPLANATION = re.compile(r"[(:,;\uff08\uff1a\n]|\s[-\u2013\u2014]\s")
"""Where a name ends and a reason for it begins."""
_HEDGES = frozenset(
    "no none not neither nor never without instead rather but or than dont doesnt isnt".split()
)
"""Words of a sentence by which the name in it may be the one that is not chosen."""


class SupportAgent(dspy.Module):
    """Replies to a seeker with the skill of its bank that the moment calls for.

    Saved and loaded as JSON (`save("program.json")`): the bank, and the instructions and
    demonstrations of the predictors `select` and `respond`.
    """

    def __init__(self, bank: Bank | None = None) -> None:
        super().__init__()
        self.bank = SkillBank(bank or Bank())
        self.select = RolePredict(SelectSkill, role="supporter")
        self.respond = RolePredict(Respond, role="supporter", spoken="reply")

    def forward(
        self,
        history: list[Turn],
        message: str,
        check: Check | None = None,
        used: Sequence[str | None] = (),
        about: str = "",
    ) -> dspy.Prediction:
        """The next supporter turn.

        Args:
            history: The conversation before `message`, alternating, oldest first.
            message: What the seeker has just said.
            check: What the reply must keep; one that does not is asked for again.
            used: The skill of each reply so far, or None, where it is known.
            about: What was read in the message besides its words.

        Returns:
            A prediction with `reply` (str), `skill` (name or None) and `why` (str).
        """
        return self.reply(history, message, *self.choose(history, message, used), check, about)

    def choose(
        self, history: list[Turn], message: str, used: Sequence[str | None] = ()
    ) -> tuple[SkillDraft | None, str]:
        """The skill for the next turn as the responding model sees it, or None, and the reason."""
        offered = self._offered(history, message)
        if not offered:
            return self._chosen(offered, None)
        selection = self._selection(offered, history, message, used)
        try:
            choice = self.select(check=_must_be_on_offer(offered), **selection)
        except NoReply as error:
            return None, f"no skill was chosen: {error}"
        return self._chosen(offered, choice)

    def reply(
        self,
        history: list[Turn],
        message: str,
        skill: SkillDraft | None,
        why: str,
        check: Check | None = None,
        about: str = "",
    ) -> dspy.Prediction:
        """The next turn with the chosen skill; see `forward`."""
        answer = self.respond(**_response(history, message, skill, about), check=check)
        return dspy.Prediction(reply=answer.reply, skill=skill and skill.name, why=why)

    async def aforward(
        self,
        history: list[Turn],
        message: str,
        check: AsyncCheck | None = None,
        used: Sequence[str | None] = (),
        about: str = "",
    ) -> dspy.Prediction:
        """`forward`, without blocking the event loop."""
        offered = self._offered(history, message)
        skill, why = await self._achoose(offered, history, message, used)
        answer = await self.respond.acall(**_response(history, message, skill, about), check=check)
        return dspy.Prediction(reply=answer.reply, skill=skill and skill.name, why=why)

    async def _achoose(
        self,
        offered: list[Skill],
        history: list[Turn],
        message: str,
        used: Sequence[str | None],
    ) -> tuple[SkillDraft | None, str]:
        """`choose`, without blocking the event loop."""
        if not offered:
            return self._chosen(offered, None)
        selection = self._selection(offered, history, message, used)
        try:
            choice = await self.select.acall(check=_must_be_on_offer(offered), **selection)
        except NoReply as error:
            return None, f"no skill was chosen: {error}"
        return self._chosen(offered, choice)

    def with_bank(self, bank: Bank) -> "SupportAgent":
        """A copy of this agent that holds another bank."""
        copy = self.deepcopy()
        copy.bank = SkillBank(bank)
        return copy

    def _offered(self, history: list[Turn], message: str) -> list[Skill]:
        said = [turn.text for turn in history if turn.speaker == "seeker"]
        return shortlist(self.bank.value, [*said, message])

    def _selection(
        self,
        offered: list[Skill],
        history: list[Turn],
        message: str,
        used: Sequence[str | None],
    ) -> dict[str, object]:
        return {
            "policy": self.bank.value.policy.text,
            "skills": [card(skill) for skill in offered],
            "used": ", ".join(name or NO_SKILL for name in used),
            "history": history,
            "message": message,
        }

    @staticmethod
    def _chosen(
        offered: list[Skill], choice: dspy.Prediction | None
    ) -> tuple[SkillDraft | None, str]:
        """The chosen skill as the responding model sees it (no provenance), and the reason."""
        if choice is None:
            return None, "no skill was on offer"
        named = skill_named(str(choice.skill), [skill.name for skill in offered])
        for skill in offered:
            if skill.name == named:
                return draft(skill), choice.why
        return None, choice.why


def _response(
    history: Sequence[Turn], message: str, skill: SkillDraft | None, about: str
) -> dict[str, object]:
    """What the replying model reads."""
    turns = (*history, Turn(speaker="seeker", text=message))
    told = note(skill) if skill else SkillNote() if about else None
    return {
        "chat": Chat(turns=turns),
        "skill": told and told.model_copy(update={"about": about}),
    }


def skill_named(said: str, names: Sequence[str]) -> str | None:
    """The one name on offer that a choice means, or `none`; None where it means no or several.

    Names are compared as slugs, so that `See The Effort (they told of one)` is see-the-effort.
    """
    if is_empty(said):
        return NO_SKILL
    beginning = slug(_EXPLANATION.split(said.strip("`'\"* "), maxsplit=1)[0])
    if beginning == NO_SKILL:
        return NO_SKILL
    spoken = slug(said, longest=10_000).split("-")
    words = f"-{'-'.join(spoken)}-"
    found = [name for name in names if f"-{name}-" in words]
    longest = [n for n in found if not any(n != o and n in o for o in found)]
    if len(longest) != 1 or (beginning != longest[0] and not _HEDGES.isdisjoint(spoken)):
        return None
    return longest[0]


def _must_be_on_offer(offered: Sequence[Skill]) -> Check:
    names = [skill.name for skill in offered]

    def check(choice: dspy.Prediction) -> str:
        if skill_named(str(choice.skill), names) is not None:
            return ""
        return f"skill must be one of {', '.join((*names, NO_SKILL))}, but is {shown(choice.skill)}"

    return check


def card(skill: Skill) -> SkillCard:
    """What the selecting model sees of a skill."""
    return SkillCard(
        name=skill.name,
        when_to_use=skill.when_to_use,
        when_not_to_use=skill.when_not_to_use,
    )


def note(skill: SkillDraft) -> SkillNote:
    """What the replying model sees of a skill."""
    return SkillNote(**skill.model_dump(include=set(SkillNote.model_fields)))


def draft(skill: Skill) -> SkillDraft:
    """The skill without its provenance."""
    return SkillDraft(**skill.model_dump(exclude={"provenance"}))
