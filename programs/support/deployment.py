"""A compiled supporter, loaded from plain JSON and ready to talk: sync, async and streaming."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import dspy
from dspy.streaming import StreamResponse

from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.frozen import Frozen

from ..conduct.guard import Guard, GuardedTurn
from ..conduct.memory import forgetting
from ..conduct.reading import SeekerReader
from ..conduct.rules import Conduct, read_conduct
from ..domains.reading import read_dumped
from ..models.roles import ModelConfig, Models
from .streaming import SentenceGate, SpokenStream, WordsListener
from .support_agent import SupportAgent

T = TypeVar("T")
LONG = 2_000
"""Characters of a text that the guard reads in 8 ms; while it reads a longer one, others go on."""
PROGRAM_FILE = "program.json"
CONDUCT_FILE = "conduct.yaml"
"""Beside a program: the conduct that it was made under, where that is not the packaged one."""
DOMAIN_FILE = "domain.json"
"""Beside a program: the domain that it was made for, where that is not emotional support."""


class ChatMessage(Frozen):
    """One message of a chat; `user` is the seeker, `assistant` the supporter."""

    role: Literal["user", "assistant"]
    content: str
    skill: str | None = None
    """Of the supporter's messages: the skill that it was written with, where that is known."""


class ChatReply(Frozen):
    """What the supporter answers, and which skill it used and why."""

    reply: str
    skill: str | None = None
    why: str = ""


class Deployment:
    """A supporter with its model.

    Args:
        agent: The supporter.
        config: Its model.
        engines: In-process engines by model name.
        conduct: The rules of replies; the packaged ones by default.
        reads: Whether the model reads every message for danger before it is answered.
        domain: What it is about; emotional support by default.
    """

    def __init__(
        self,
        agent: SupportAgent,
        config: ModelConfig,
        engines: Mapping[str, object] | None = None,
        conduct: Conduct | None = None,
        *,
        reads: bool = False,
        domain: Domain | None = None,
    ) -> None:
        self.agent = agent
        self.guard = Guard(conduct, reader=SeekerReader() if reads else None)
        """Answers danger with help, and keeps replies to the conduct."""
        self.models = Models(config, engines=engines, domain=domain).as_a_service()

    @classmethod
    def load(
        cls,
        program: Path,
        config: ModelConfig,
        engines: Mapping[str, object] | None = None,
        *,
        reads: bool = False,
    ) -> "Deployment":
        """Load `program.json`, and conduct and domain beside it; nothing is unpickled or evaluated.

        Raises:
            OSError: A file cannot be read.
            ValueError: It is not the state of a `SupportAgent`, or not a conduct or a domain.
        """
        agent = SupportAgent()
        agent.load(str(program))
        own = program.with_name(CONDUCT_FILE)
        conduct = read_conduct(own) if own.exists() else None
        kept = program.with_name(DOMAIN_FILE)
        domain = read_dumped(kept) if kept.exists() else None
        return cls(agent, config, engines, conduct, reads=reads, domain=domain)

    @contextmanager
    def _active(self) -> Generator[None]:
        """Within the block stages are answered; DSPy keeps nothing of what is said."""
        with self.models.active(), dspy.context(trace=None):
            yield

    def reply(self, messages: Sequence[ChatMessage]) -> ChatReply:
        """The supporter's next turn; help comes first where the person is in danger.

        Raises:
            ValueError: The last message is not the user's.
            DialogueError: The model failed, and the person is in no danger.
        """
        asked = _asked(messages)
        with forgetting(), self._active():
            turn = self.guard.turn(asked["history"], asked["message"])
            with turn.answered(help_suffices=True):
                turn.take(self.agent(**asked, check=turn.check, about=turn.about))
            return _chat_reply(turn)

    async def areply(self, messages: Sequence[ChatMessage]) -> ChatReply:
        """`reply`, without blocking the event loop."""
        asked = _asked(messages)
        with forgetting(), self._active():
            turn = await self._turn(asked)

            async def check(answer: dspy.Prediction) -> str:
                return await self._apart(str(answer.reply), turn.check, answer)

            with turn.answered(help_suffices=True):
                answer = await self.agent.acall(**asked, check=check, about=turn.about)
                turn.take(answer)
            return _chat_reply(turn)

    async def _turn(self, asked: Mapping[str, Any]) -> GuardedTurn:
        """The turn, which a model may have to read first."""
        return await self._apart(
            asked["message"], self.guard.turn, asked["history"], asked["message"]
        )

    async def _apart(self, text: str, guard: Callable[..., T], *args: Any) -> T:  # noqa: ANN401
        """What the guard says of a text; in a thread where it asks a model or takes long.

        Short texts take less than what a change of threads costs.
        """
        if self.guard.calls or len(text) > LONG:
            return await asyncio.to_thread(guard, *args)
        return guard(*args)

    async def stream(self, messages: Sequence[ChatMessage]) -> AsyncIterator[str | ChatReply]:
        """Pieces of the reply as they come, then the whole `ChatReply`.

        The pieces are its words and nothing else, also where the model thinks aloud. Help comes
        first. Pieces wait for the end of their sentence, and none follows a broken rule.
        """
        with forgetting():
            async for part in self._streamed(_asked(messages)):
                yield part

    async def _streamed(self, asked: dict[str, Any]) -> AsyncIterator[str | ChatReply]:
        with self._active():
            turn = await self._turn(asked)
        if turn.help:
            yield turn.opening
        said, final = "", None
        with self._active(), turn.answered(help_suffices=True):
            stream = dspy.streamify(
                self.agent,
                stream_listeners=[WordsListener("reply", predict=self.agent.respond)],
                is_async_program=True,
            )
            words, gate = SpokenStream(), SentenceGate(turn.may_say)
            async for part in stream(**asked, about=turn.about):  # pyright: ignore[reportCallIssue]
                if isinstance(part, StreamResponse):
                    if piece := gate.feed(words.feed(part.chunk)):
                        said += piece
                        yield piece
                elif isinstance(part, dspy.Prediction):
                    final = part
            if final is not None:
                await self._apart(str(final.reply), turn.take, final, said)
        whole = _chat_reply(turn)
        if rest := whole.reply.removeprefix(turn.opening).removeprefix(said):
            yield rest
        yield whole


def _chat_reply(turn: GuardedTurn) -> ChatReply:
    said = turn.spoken()
    return ChatReply(reply=said.reply, skill=said.skill, why=said.why)


def _asked(messages: Sequence[ChatMessage]) -> dict[str, Any]:
    """What the supporter is told: the conversation, and the skills that it used."""
    history, message = _conversation(messages)
    used = [m.skill for m in messages if m.role == "assistant"]
    return {"history": history, "message": message, "used": used}


def _conversation(messages: Sequence[ChatMessage]) -> tuple[list[Turn], str]:
    """The turns before the last message, and that message."""
    if not messages or messages[-1].role != "user" or not messages[-1].content.strip():
        raise ValueError("the last message must be the user's and must not be empty")
    turns = [
        Turn(speaker="seeker" if m.role == "user" else "supporter", text=m.content)
        for m in messages[:-1]
    ]
    return turns, messages[-1].content
