"""The web application: OpenAI's chat completions, our own /chat, sessions, and what operators ask.

Conversations are held in memory while they are answered, and sessions until they expire.
"""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from esc_skills.signatures.rollouts import Spend

from .door import Door
from .keys import KeyRing
from .limits import Refusal
from .requests import Asked, AskedCompletion, event, parsed
from .service import Conversation, Service

MODEL = "esc-skills"
"""The name by which clients of the OpenAI interface ask for the program."""


def build_app(
    service: Service, keys: KeyRing | None = None, *, rated: bool = False, local: bool = False
) -> ASGIApp:
    """The web application.

    Args:
        service: What answers.
        keys: The keys of clients; None lets everybody in.
        rated: Whether the rate of requests is limited.
        local: Whether clients must call this machine by a name of its own.
    """
    pages = _Pages(service)
    routes = [
        Route("/health", pages.health),
        Route("/ready", pages.ready),
        Route("/metrics", pages.metrics),
        Route("/bank", pages.bank),
        Route("/chat", pages.chat, methods=["POST"]),
        Route("/chat/stream", pages.chat_stream, methods=["POST"]),
        Route("/sessions", pages.open_session, methods=["POST"]),
        Route("/sessions/{session}", pages.close_session, methods=["DELETE"]),
        Route("/v1/models", pages.models),
        Route("/v1/chat/completions", pages.completions, methods=["POST"]),
    ]
    handlers: dict[Any, Any] = {Refusal: _refused, HTTPException: _not_there}
    app = Starlette(routes=routes, exception_handlers=handlers)
    return Door(app, service.limits, service.metrics, keys, rated=rated, local=local)


async def _refused(request: Request, refusal: Refusal) -> Response:
    return JSONResponse(refusal.body, refusal.status)


async def _not_there(request: Request, error: HTTPException) -> Response:
    told = "there is no such page, or it takes another method"
    return await _refused(request, Refusal(error.status_code, "not_found", told))


class _Pages:
    """What the server answers, by path."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._made = int(time.time())

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        found = await self._service.ready()
        is_ready = all(found.values())
        return JSONResponse({"ready": is_ready, **found}, 200 if is_ready else 503)

    async def metrics(self, request: Request) -> Response:
        text = generate_latest(self._service.metrics.registry)
        return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

    async def bank(self, request: Request) -> Response:
        bank = self._service.deployment.agent.bank.value
        return JSONResponse({"identity": bank.identity, **bank.model_dump(mode="json")})

    async def models(self, request: Request) -> Response:
        model = {"id": MODEL, "object": "model", "created": self._made, "owned_by": "esc-skills"}
        return JSONResponse({"object": "list", "data": [model]})

    async def open_session(self, request: Request) -> Response:
        return JSONResponse({"session": self._service.sessions.open(_client(request))}, 201)

    async def close_session(self, request: Request) -> Response:
        self._service.sessions.close(request.path_params["session"], _client(request))
        return Response(status_code=204)

    async def chat(self, request: Request) -> Response:
        asked = parsed(Asked, await request.body())
        with self._service.conversation(asked, _client(request)) as talk:
            return JSONResponse((await self._service.answer(talk)).model_dump())

    async def chat_stream(self, request: Request) -> Response:
        asked = parsed(Asked, await request.body())

        async def events(talk: Conversation) -> AsyncIterator[dict[str, Any]]:
            async for piece in self._service.pieces(talk):
                yield {"delta": piece}
            if talk.reply is not None:
                yield talk.reply.model_dump()

        return self._streamed(asked, request, events)

    async def completions(self, request: Request) -> Response:
        asked = parsed(AskedCompletion, await request.body())
        if asked.model != MODEL:
            told = f"the only model here is {MODEL}"
            raise Refusal(404, "model_not_found", told, "model")
        named = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time())}
        if asked.stream:
            usage = asked.stream_options is not None and asked.stream_options.include_usage
            return self._streamed(asked, request, partial(self._chunks, named, usage), "[DONE]")
        with self._service.conversation(asked, _client(request)) as talk:
            reply = await self._service.answer(talk)
        message = {"role": "assistant", "content": reply.reply, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": _ending(talk), "logprobs": None}
        whole = {**named, "object": "chat.completion", "model": MODEL, "choices": [choice]}
        return JSONResponse({**whole, "usage": _usage(talk.spend)})

    async def _chunks(
        self, named: dict[str, Any], usage: bool, talk: Conversation
    ) -> AsyncIterator[dict[str, Any]]:
        """The chunks of a streamed completion."""
        about = {**named, "object": "chat.completion.chunk", "model": MODEL}

        def chunk(delta: dict[str, str], ending: str | None = None) -> dict[str, Any]:
            choice = {"index": 0, "delta": delta, "finish_reason": ending, "logprobs": None}
            return {**about, "choices": [choice], **({"usage": None} if usage else {})}

        yield chunk({"role": "assistant", "content": ""})
        async for piece in self._service.pieces(talk):
            yield chunk({"content": piece})
        yield chunk({}, _ending(talk))
        if usage:
            yield {**about, "choices": [], "usage": _usage(talk.spend)}

    def _streamed(
        self,
        asked: Asked,
        request: Request,
        events: Callable[[Conversation], AsyncIterator[dict[str, Any]]],
        last: str | None = None,
    ) -> Response:
        """Server-sent events of a reply; a wrong request is refused before they begin."""
        opened = ExitStack()
        talk = opened.enter_context(self._service.conversation(asked, _client(request)))

        async def texts() -> AsyncIterator[str]:
            with opened:
                try:
                    async for data in events(talk):
                        yield event(data)
                    if last is not None:
                        yield event(last)
                except Refusal as refusal:  # the answer has begun, so its status is sent already
                    yield event(refusal.body)

        return StreamingResponse(texts(), media_type="text/event-stream")


def _client(request: Request) -> str:
    return str(request.state.client)


def _ending(talk: Conversation) -> str:
    return "content_filter" if talk.replaced else "stop"


def _usage(spend: Spend) -> dict[str, int]:
    """Tokens of all calls that a reply has taken, the selection of a skill included."""
    read, written = spend.tokens_in, spend.tokens_out
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
