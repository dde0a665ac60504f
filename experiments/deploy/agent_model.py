"""MLflow model from code: the exported supporter behind `/invocations`. No pickle anywhere.

The model is the one of `export.json`; ESC_SKILLS_MODEL and ESC_SKILLS_API_BASE override it, and
keys come from the provider's own variable, e.g. OPENAI_API_KEY.
"""

import importlib
import json
import os
from pathlib import Path
from typing import Any

from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel
from pydantic import BaseModel

from esc_skills.programs.models.roles import ModelConfig
from esc_skills.programs.support.deployment import ChatMessage, Deployment


class Message(BaseModel):
    """One message; role is `user` or `assistant`."""

    role: str
    content: str


class Conversation(BaseModel):
    """A conversation that ends with the user's message."""

    messages: list[Message]


class Reply(BaseModel):
    """The supporter's turn, the skill used (empty for none) and why."""

    reply: str
    skill: str
    why: str


class Supporter(PythonModel):
    """Replies to conversations."""

    def load_context(self, context: Any) -> None:  # noqa: ANN401 - MLflow's context
        """Load program and model settings."""
        settings = json.loads(Path(context.artifacts["settings"]).read_text(encoding="utf-8"))
        chosen = {
            "model": os.environ.get("ESC_SKILLS_MODEL"),
            "api_base": os.environ.get("ESC_SKILLS_API_BASE"),
        }
        config = ModelConfig.model_validate(
            settings["model"] | {name: value for name, value in chosen.items() if value}
        )
        program = Path(context.artifacts["program"])
        self.deployment = Deployment.load(program, config, _engines(config))

    def predict(self, model_input: list[Conversation]) -> list[Reply]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """One reply for each conversation."""
        return [self._reply(conversation) for conversation in model_input]

    def _reply(self, conversation: Conversation) -> Reply:
        messages = [ChatMessage.model_validate(m.model_dump()) for m in conversation.messages]
        said = self.deployment.reply(messages)
        return Reply(reply=said.reply, skill=said.skill or "", why=said.why)


def _engines(config: ModelConfig) -> dict[str, object]:
    """The rehearsal engine, where the export carries it."""
    if config.model != "rehearsal":
        return {}
    module = importlib.import_module("esc_skills.experiments.rehearsal.engine")
    return {"rehearsal": module.RehearsalEngine()}


set_model(Supporter())
