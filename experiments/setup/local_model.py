"""A real model on this machine, behind an OpenAI-compatible server: `local` or `local:NAME`.

Needs the optional extra `local`. Models of this size show that the machinery works (real HTTP, real
tokens, real malformed replies), not psychology.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module

from esc_skills.programs.models.roles import ModelConfig

from .extras import require_extra
from .local_weights import LOCAL_MODELS, LocalModel, local_model, weights_of

LOCAL = "local"
CONTEXT_TOKENS = 8192
ANSWER_TOKENS = 600
SLOTS = 2
PATIENCE = 600.0
"""Seconds that a call may take at least, since processors may be few and shared."""
REPEAT_PENALTY = 1.1
"""Without it a small model repeats itself inside a JSON string until its tokens run out."""


def is_local(name: str) -> bool:
    """Whether a model's name is `local` or `local:NAME`."""
    return name == LOCAL or name.startswith(f"{LOCAL}:")


def model_named(name: str) -> LocalModel:
    """The model of `local` or `local:NAME`.

    Raises:
        UserError: There is none of that name.
    """
    return LOCAL_MODELS[0] if name == LOCAL else local_model(name.removeprefix(f"{LOCAL}:"))


@contextmanager
def running(
    model: LocalModel, *, host: str = "127.0.0.1", port: int = 0, threads: int | None = None
) -> Generator[str]:
    """Serve a model while the block runs; yields the address of its OpenAI-compatible API.

    Args:
        model: Which.
        host: Address to listen on.
        port: Port to listen on; 0 for any.
        threads: Processors to use; all but one if not given.

    Raises:
        UserError: The extra `local` is not installed, or the weights are not here.
    """
    require_extra("local", "The model `local`")
    weights = weights_of(model)
    xllamacpp = import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.hostnames = [host]
    params.port = port
    params.n_parallel = SLOTS
    params.n_ctx = CONTEXT_TOKENS * SLOTS
    params.cpuparams.n_threads = threads or max(1, (os.cpu_count() or 2) - 1)
    params.cpuparams_batch.n_threads = params.cpuparams.n_threads
    params.sampling.penalty_repeat = REPEAT_PENALTY
    params.warmup = False
    params.verbosity = -1
    server = xllamacpp.Server(params)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server


@contextmanager
def local_server(config: ModelConfig) -> Generator[ModelConfig]:
    """Serve the model while the block runs; yields the configuration that reaches it.

    Args:
        config: The configuration that names `local` or `local:NAME`; its other settings are kept.

    Raises:
        UserError: The extra `local` is not installed, or the weights are not here.
    """
    model = model_named(config.model)
    with running(model) as address:
        yield config.model_copy(
            update={
                "model": f"openai/{model.name}",
                "api_base": address,
                "max_tokens": config.max_tokens or ANSWER_TOKENS,
                "concurrency": min(config.concurrency, SLOTS),
                "timeout": max(config.timeout or 0.0, PATIENCE),
                "structured": True,
                "price_in": 0.0,
                "price_out": 0.0,
            }
        )
