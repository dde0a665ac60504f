"""A supporter that only listens: the baseline without help."""

from collections.abc import Sequence

import dspy

from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.skills import Bank
from esc_skills.signatures.words import language_of

from ..models.role_predict import AsyncCheck, Check
from ..support.skill_bank import SkillBank
from ..support.support_agent import SupportAgent

MURMURS = {"en": "Mm, I am listening.", "zh": "嗯，我在听。"}  # noqa: RUF001 - a Chinese comma


class SilentListener(SupportAgent):
    """Says the same few words whatever it hears; asks no model."""

    def __init__(self) -> None:
        dspy.Module.__init__(self)  # without the stages that would ask a model
        self.bank = SkillBank(Bank())

    def forward(
        self,
        history: list[Turn],
        message: str,
        check: Check | None = None,
        used: Sequence[str | None] = (),
        about: str = "",
    ) -> dspy.Prediction:
        """The next murmur, in the language of the message."""
        murmur = MURMURS[language_of(message)]
        return dspy.Prediction(reply=murmur, skill=None, why="It only listens.")

    async def aforward(
        self,
        history: list[Turn],
        message: str,
        check: AsyncCheck | None = None,
        used: Sequence[str | None] = (),
        about: str = "",
    ) -> dspy.Prediction:
        """`forward`; there is nothing to wait for."""
        return self.forward(history, message)
