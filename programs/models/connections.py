"""How models are connected: in-process engines and servers, as `dspy.LM` wants to be told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from dspy.lm15 import Request, Response, response_to_events

from .model_config import ModelConfig


def model_name(config: ModelConfig, engine: object) -> str:
    """The name by which LiteLLM or an engine knows the model."""
    if engine or not config.servers or "/" in config.model:
        return config.model
    return f"openai/{config.model}"


class _AsyncEngine:
    """An in-process engine for asynchronous callers."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - DSPy's engine protocol
        self._engine = engine

    async def complete(self, request: Request) -> Response:
        """Answer one request in a thread."""
        return await asyncio.to_thread(self._engine.complete, request)

    async def stream(self, request: Request) -> AsyncIterator[Any]:
        """The answer as a stream."""
        for event in response_to_events(await self.complete(request)):
            yield event

    async def aclose(self) -> None:
        """Nothing to close; the engine is the caller's."""


def engine_options(engine: object) -> dict[str, Any]:
    """What `dspy.LM` must be told of an in-process engine."""
    return {"engine": engine, "async_engine": _AsyncEngine(engine)}


def client_options(config: ModelConfig, timeout: float) -> dict[str, Any]:
    """What `dspy.LM` must be told of a server.

    Args:
        config: Its address and key.
        timeout: Seconds until a call counts as lost.
    """
    options: dict[str, Any] = {"timeout": timeout}
    if config.reasoning_effort is not None:
        options["reasoning_effort"] = config.reasoning_effort
    if config.servers:  # of several, `RoleLM` names one for each request
        options["api_base"] = config.servers[0].url
        options["api_key"] = "none"  # local servers ask for no key, but the client insists on one
    if config.api_key:
        options["api_key"] = config.api_key.get_secret_value()
    return options
