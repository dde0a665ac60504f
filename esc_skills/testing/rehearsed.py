"""What the suites play with: sample seekers, a small bank, and the rehearsal as a model."""

from dataclasses import replace
from typing import Any

from dspy.lm15 import Message, Request, Response, TextPart

from esc_skills.experiments.files.profiles import SAMPLE_PROFILES, read_profiles
from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank, Skill

BANK = Bank(
    skills=(
        Skill(
            name="make-room",
            when_to_use="At the start, while the story unfolds.",
            guidance="Listen and let them talk; reflect back the feeling.",
        ),
    )
)


class ListeningEngine(RehearsalEngine):
    """The rehearsal; remembers the prompts that it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.prompts: list[str] = []

    def complete(self, request: Request) -> Response:
        """Answer one request."""
        self.prompts.append(request.messages[-1].text or "")
        return super().complete(request)


class SilentEngine(RehearsalEngine):
    """A model whose answers nobody can read."""

    def complete(self, request: Request) -> Response:
        """Answer one request."""
        return replace(super().complete(request), message=Message.assistant([TextPart("?")]))


def seekers() -> list[Profile]:
    """The packaged sample seekers."""
    return read_profiles([SAMPLE_PROFILES])


def models(engine: object | None = None, **options: Any) -> Models:  # noqa: ANN401
    """Models of every role that the rehearsal answers."""
    return Models(engines={"rehearsal": engine or RehearsalEngine()}, **options)


def dialogues(count: int, bank: Bank = BANK, **options: Any) -> list[Rollout]:  # noqa: ANN401
    """Dialogues of a bank with the first seekers."""
    runner = Runner(models(), threads=2)
    try:
        return runner.play(SupportAgent(bank), [(one, 0) for one in seekers()[:count]], **options)
    finally:
        runner.close()
