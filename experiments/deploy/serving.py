"""An exported or finished program over HTTP, asynchronous and streaming; and the chat's loader."""

import json
import logging
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from esc_skills.programs.models.failures import DialogueError, Outage
from esc_skills.programs.support.deployment import ChatMessage, ChatReply, Deployment
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank

from ..files.conducts import broken_by, refuse_unsafe
from ..files.programs import read_program
from ..files.run_directory import read_marker
from ..setup.config import load_experiment
from ..setup.configure import model_entries
from ..setup.models import open_models
from .export import deployment_settings, read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

_LOG = logging.getLogger("uvicorn.error")
"""Uvicorn's own log, which `serve` shows."""


@contextmanager
def open_deployment(
    program: Path | None,
    config: Path | None = None,
    *,
    model: str | Sequence[str] | None = None,
    api_base: str | Sequence[str] | None = None,
    allow_unsafe: bool = False,
) -> Generator[Deployment]:
    """The supporter of an export or run directory, ready to talk.

    Args:
        program: The directory; None for a plain supporter without skills.
        config: YAML file of an experiment, whose supporter's model is used instead of the one that
            the directory names.
        model: Overrides the model, as NAME or supporter=NAME.
        api_base: Overrides the address.
        allow_unsafe: Whether the bank may break hard rules of the conduct.

    Raises:
        UserError: The directory, the file or the model is bad, or the bank is unsafe.
    """
    own = None if program is None else _settings(program)["model"]
    entries = {"model": own if config is None else None, **model_entries(model, api_base)}
    supporter = load_experiment(config, entries).role_models["supporter"]
    agent = SupportAgent(Bank()) if program is None else read_program(program)
    if program is not None and not allow_unsafe:
        refuse_unsafe(broken_by(agent.bank.value), program)
    with open_models({"supporter": supporter}) as models:
        yield Deployment(agent, models.configs["supporter"], models.engines)


def _settings(program: Path) -> dict[str, dict[str, object]]:
    if (program / "run.json").exists():
        return deployment_settings(read_marker(program)["config"])
    return read_settings(program)


LONGEST = 100_000
"""Characters of a conversation at most."""
NO_ANSWER = "The model gave no answer. Try again later; the server's log says why."
"""What a client is told: why and where the model failed is the operator's business."""


class ChatRequest(BaseModel):
    """A conversation that ends with the user's message."""

    messages: list[ChatMessage] = Field(min_length=1)


class _Service:
    """A deployment behind the web application, and whether its model answered when last asked."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._model: Literal["not asked yet", "answers", "fails"] = "not asked yet"

    def health(self) -> dict[str, object]:
        bank = self.deployment.agent.bank.value
        return {
            "status": "degraded" if self._model == "fails" else "ok",
            "model": self._model,
            "bank": bank.identity,
            "skills": list(bank.names),
        }

    @contextmanager
    def asking(self, request: ChatRequest) -> Generator[None]:
        """Turn what goes wrong into an answer for the client, and log why the model failed."""
        from fastapi import HTTPException

        if sum(len(message.content) for message in request.messages) > LONGEST:
            raise HTTPException(413, f"a conversation must have at most {LONGEST:,} characters")
        try:
            yield
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        except (DialogueError, Outage) as error:
            self._model = "fails"
            _LOG.warning("no reply: %s", error)
            raise HTTPException(502, NO_ANSWER) from error
        self._model = "answers"


def build_app(deployment: Deployment) -> "FastAPI":
    """The web application: POST /chat, POST /chat/stream (server-sent events), GET /health."""
    from fastapi import FastAPI, HTTPException
    from fastapi.responses import StreamingResponse

    # FastAPI's pages of documentation load scripts from the network, and are blank without it
    app = FastAPI(
        title="ESC-Skills",
        description="An emotional-support program with skills.",
        docs_url=None,
        redoc_url=None,
    )
    service = _Service(deployment)

    @app.get("/health")
    async def health() -> dict[str, object]:
        return service.health()

    @app.post("/chat")
    async def chat(request: ChatRequest) -> ChatReply:
        with service.asking(request):
            return await deployment.areply(request.messages)

    @app.post("/chat/stream")
    async def chat_stream(request: ChatRequest) -> StreamingResponse:
        async def events() -> AsyncIterator[str]:
            try:
                with service.asking(request):
                    async for part in deployment.stream(request.messages):
                        data = {"delta": part} if isinstance(part, str) else part.model_dump()
                        yield f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
            except HTTPException as error:  # the answer has begun, so its status is sent already
                yield f"data: {json.dumps({'error': error.detail})}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    return app
