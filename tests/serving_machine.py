"""A real server on this machine, with a scripted model behind it."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from dspy.lm15 import Request
from fakes import ScriptedEngine

from esc_skills.experiments.serving.server import Serving, make_server
from esc_skills.programs.models.roles import ModelConfig
from esc_skills.programs.support.deployment import Deployment
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank


def kind(_: Request) -> str:
    return "I hear you. Tell me more."


@contextmanager
def served(
    answer: Callable[[Request], str] = kind, bank: Bank | None = None, **settings: Any
) -> Generator[str]:
    """The address of a server that runs while the block does."""

    def completed(request: Request) -> str:
        return f"[[ ## reply ## ]]\n{answer(request)}\n\n[[ ## completed ## ]]"

    engines = {"scripted": ScriptedEngine(completed)}
    deployment = Deployment(SupportAgent(bank), ModelConfig(model="scripted", retries=0), engines)
    server = make_server(deployment, Serving(port=0, **settings))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def saying(*texts: str, **more: object) -> dict[str, Any]:
    roles = ("user", "assistant")
    turns = [{"role": roles[i % 2], "content": text} for i, text in enumerate(texts)]
    return {"model": "esc-skills", "messages": turns, **more}
