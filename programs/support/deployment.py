"""A compiled supporter, loaded from plain JSON and ready to talk: sync, async and streaming."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import dspy
from dspy.streaming import StreamListener, StreamResponse

from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.frozen import Frozen

from ..models.roles import ModelConfig, Models
from .streaming import SpokenStream
from .support_agent import SupportAgent

PROGRAM_FILE = "program.json"


class ChatMessage(Frozen):
    """One message of a chat; `user` is the seeker, `assistant` the supporter."""

    role: Literal["user", "assistant"]
    content: str


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
    """

    def __init__(
        self,
        agent: SupportAgent,
        config: ModelConfig,
        engines: Mapping[str, object] | None = None,
    ) -> None:
        self.agent = agent
        self.models = Models(config, engines=engines).outlive_outages()

    @classmethod
    def load(
        cls, program: Path, config: ModelConfig, engines: Mapping[str, object] | None = None
    ) -> "Deployment":
        """Load `program.json`; nothing is unpickled or evaluated.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is not the state of a `SupportAgent`.
        """
        agent = SupportAgent()
        agent.load(str(program))
        return cls(agent, config, engines)

    def reply(self, messages: Sequence[ChatMessage]) -> ChatReply:
        """The supporter's next turn.

        Raises:
            ValueError: The last message is not the user's.
            DialogueError: The model failed.
        """
        history, message = _conversation(messages)
        with self.models.active():
            said = self.agent(history=history, message=message)
        return ChatReply(reply=said.reply, skill=said.skill, why=str(said.why))

    async def areply(self, messages: Sequence[ChatMessage]) -> ChatReply:
        """`reply`, without blocking the event loop."""
        history, message = _conversation(messages)
        with self.models.active():
            said = await self.agent.acall(history=history, message=message)
        return ChatReply(reply=said.reply, skill=said.skill, why=str(said.why))

    async def stream(self, messages: Sequence[ChatMessage]) -> AsyncIterator[str | ChatReply]:
        """Pieces of the reply as they come, then the whole `ChatReply`.

        The pieces are its words and nothing else, also where the model thinks aloud.
        """
        history, message = _conversation(messages)
        with self.models.active():
            stream = dspy.streamify(
                self.agent,
                stream_listeners=[StreamListener("reply", predict=self.agent.respond)],
                is_async_program=False,
            )
            words = SpokenStream()
            async for part in stream(history=history, message=message):  # pyright: ignore[reportCallIssue]
                if isinstance(part, StreamResponse):
                    if piece := words.feed(part.chunk):
                        yield piece
                elif isinstance(part, dspy.Prediction):
                    if piece := words.rest(part.reply):
                        yield piece
                    yield ChatReply(reply=part.reply, skill=part.skill, why=str(part.why))


def _conversation(messages: Sequence[ChatMessage]) -> tuple[list[Turn], str]:
    """The turns before the last message, and that message."""
    if not messages or messages[-1].role != "user" or not messages[-1].content.strip():
        raise ValueError("the last message must be the user's and must not be empty")
    turns = [
        Turn(speaker="seeker" if m.role == "user" else "supporter", text=m.content)
        for m in messages[:-1]
    ]
    return turns, messages[-1].content
