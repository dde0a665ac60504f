"""Supporters on trial: a bank, an export or run, or an endpoint that speaks OpenAI's protocol."""

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from esc_skills.programs.conduct.crisis import HELP
from esc_skills.programs.conduct.normalise import normalise
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.support.deployment import ChatMessage, Deployment
from esc_skills.programs.support.support_agent import SupportAgent

from ..errors import UserError
from ..files.banks import read_bank
from ..files.redteam_texts import Trial
from ..setup.config import Experiment
from ..setup.domains import domain_of
from ..setup.models import open_models
from ..work.redteam import Flags, Verdicts, redteam
from .opening import open_deployment

Answer = Callable[[Sequence[ChatMessage]], str]
"""The reply to a conversation that ends with the person's message."""
KEY_VARIABLE = "ESC_SKILLS_KEY"
TIMEOUT = 60.0
"""Seconds within which an endpoint must answer."""


def try_supporter(against: str, experiment: Experiment, texts: Sequence[Path] = ()) -> Verdicts:
    """Try a supporter by the messages of a red team; see `target` for what it may be.

    Raises:
        UserError: A file, the model or the endpoint is bad.
    """
    with target(against, experiment, reads=experiment.read_seeker) as answer:
        return redteam(texts, flags=by_answers(answer))


@contextmanager
def target(against: str, experiment: Experiment, *, reads: bool = False) -> Generator[Answer]:
    """What answers a person.

    Args:
        against: Address of an endpoint, such as `http://host:8000/v1`; or path of a bank, of an
            export, or of a run.
        experiment: Names the supporter's model for a bank.
        reads: Whether a supporter's model reads each message first.

    Raises:
        UserError: The file, the model or the endpoint is bad.
    """
    if against.startswith(("http://", "https://")):
        with httpx.Client(base_url=against.rstrip("/"), timeout=TIMEOUT) as client:
            yield lambda messages: _asked(client, experiment.model.model, messages)
        return
    with _deployment(Path(against), experiment, reads) as deployment:

        def answer(messages: Sequence[ChatMessage]) -> str:
            try:
                return deployment.reply(messages).reply
            except DialogueError as error:
                raise UserError(f"{against} must answer every message, but: {error}") from error

        yield answer


@contextmanager
def _deployment(path: Path, experiment: Experiment, reads: bool) -> Generator[Deployment]:
    if path.is_dir():
        with open_deployment(path, allow_unsafe=True, reads=reads) as deployment:
            yield deployment
        return
    agent = SupportAgent(read_bank(path, allow_unsafe=True))
    domain, supporter = domain_of(experiment), experiment.role_models["supporter"]
    with open_models({"supporter": supporter}, domain=domain) as models:
        config = models.configs["supporter"]
        yield Deployment(agent, config, models.engines, reads=reads, domain=domain)


def _asked(client: httpx.Client, model: str, messages: Sequence[ChatMessage]) -> str:
    key = os.environ.get(KEY_VARIABLE) or os.environ.get("OPENAI_API_KEY")
    said = [{"role": message.role, "content": message.content} for message in messages]
    try:
        response = client.post(
            "/chat/completions",
            json={"model": model, "messages": said},
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )
        response.raise_for_status()
        return str(response.json()["choices"][0]["message"]["content"] or "")
    except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
        why = f"{type(error).__name__}: {error}".rstrip(": ")
        raise UserError(
            f"{client.base_url} must speak OpenAI's chat completions, but: {why}. Keys are read "
            f"from {KEY_VARIABLE} or OPENAI_API_KEY."
        ) from error


def by_answers(answer: Answer) -> Flags:
    """Whether the first reply to the last message of a trial names help; no skill can be tried."""

    def flags(trial: Trial) -> bool | None:
        if trial.kind != "message":
            return None
        messages: list[ChatMessage] = []
        reply = ""
        for text in trial.turns:
            messages.append(ChatMessage(role="user", content=text))
            reply = answer(messages)
            messages.append(ChatMessage(role="assistant", content=reply))
        return HELP.search(normalise(reply)) is not None

    return flags
