"""An exported or finished program over HTTP, asynchronous and streaming; and the chat's loader."""

import json
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, ValidationError

from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.roles import ModelConfig
from esc_skills.programs.support.deployment import PROGRAM_FILE, ChatMessage, ChatReply, Deployment
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank

from ..errors import UserError
from ..files.run_directory import read_marker
from ..setup.models import open_models
from .export import deployment_settings, read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI


@contextmanager
def open_deployment(
    program: Path | None, model: str | None = None, api_base: str | None = None
) -> Generator[Deployment]:
    """The supporter of an export or run directory, ready to talk.

    Args:
        program: The directory; None for a plain supporter without skills.
        model: Overrides the model that the directory names.
        api_base: Overrides the address.

    Raises:
        UserError: The directory or the model is bad.
    """
    settings = {"model": {}} if program is None else _settings(program)
    chosen = {"model": model, "api_base": api_base}
    data = settings["model"] | {name: value for name, value in chosen.items() if value}
    config = ModelConfig.model_validate(data)
    agent = SupportAgent(Bank())
    if program is not None:
        try:
            agent.load(str(program / PROGRAM_FILE))
        except (OSError, ValueError, KeyError, ValidationError) as error:
            reason = " ".join(str(error).split())[:200]
            raise UserError(
                f"{program / PROGRAM_FILE} must be a program, but: {reason}."
            ) from error
    with open_models({"supporter": config}) as models:
        yield Deployment(agent, models.configs["supporter"], models.engines)


def _settings(program: Path) -> dict[str, dict[str, object]]:
    if (program / "run.json").exists():
        return deployment_settings(read_marker(program)["config"])
    return read_settings(program)


class ChatRequest(BaseModel):
    """A conversation that ends with the user's message."""

    messages: list[ChatMessage] = Field(min_length=1)


def build_app(deployment: Deployment) -> "FastAPI":
    """The web application: POST /chat, POST /chat/stream (server-sent events), GET /health."""
    from fastapi import FastAPI, HTTPException
    from fastapi.responses import StreamingResponse

    app = FastAPI(title="ESC-Skills", description="An emotional-support program with skills.")

    @app.get("/health")
    async def health() -> dict[str, object]:
        bank = deployment.agent.bank.value
        return {"status": "ok", "bank": bank.identity, "skills": list(bank.names)}

    @app.post("/chat")
    async def chat(request: ChatRequest) -> ChatReply:
        try:
            return await deployment.areply(request.messages)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        except DialogueError as error:
            raise HTTPException(502, str(error)) from error

    @app.post("/chat/stream")
    async def chat_stream(request: ChatRequest) -> StreamingResponse:
        async def events() -> AsyncIterator[str]:
            try:
                async for part in deployment.stream(request.messages):
                    data = {"delta": part} if isinstance(part, str) else part.model_dump()
                    yield f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
            except (DialogueError, ValueError) as error:
                yield f"data: {json.dumps({'error': str(error)})}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    return app
