"""A compiled supporter, loaded from plain JSON and ready to talk: sync, async and streaming."""

from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import dspy
from dspy.streaming import StreamResponse

from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.frozen import Frozen

from ..conduct.checker import check_text, hard
from ..conduct.guard import Guard
from ..models.failures import DialogueError, NoReply
from ..models.roles import ModelConfig, Models
from .streaming import SentenceGate, SpokenStream, WordsListener
from .support_agent import SupportAgent

PROGRAM_FILE = "program.json"
REPLACED = "the model's reply broke a rule of the conduct, and was replaced"


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
    """

    def __init__(
        self,
        agent: SupportAgent,
        config: ModelConfig,
        engines: Mapping[str, object] | None = None,
    ) -> None:
        self.agent = agent
        self.guard = Guard()
        """Answers danger with help, and keeps replies to the conduct."""
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
        """The supporter's next turn; help comes first where the person is in danger.

        Raises:
            ValueError: The last message is not the user's.
            DialogueError: The model failed, and the person is in no danger.
        """
        turn = _GuardedTurn(self.guard, messages)
        with self.models.active(), turn.answered():
            turn.take(self.agent(**turn.asked, check=turn.check))
        return turn.spoken()

    async def areply(self, messages: Sequence[ChatMessage]) -> ChatReply:
        """`reply`, without blocking the event loop."""
        turn = _GuardedTurn(self.guard, messages)
        with self.models.active(), turn.answered():
            turn.take(await self.agent.acall(**turn.asked, check=turn.check))
        return turn.spoken()

    async def stream(self, messages: Sequence[ChatMessage]) -> AsyncIterator[str | ChatReply]:
        """Pieces of the reply as they come, then the whole `ChatReply`.

        The pieces are its words and nothing else, also where the model thinks aloud. Help comes
        first. Pieces wait for the end of their sentence, and none follows a broken rule.
        """
        turn = _GuardedTurn(self.guard, messages)
        if turn.help:
            yield f"{turn.help}\n\n"
        said, final = "", None
        with self.models.active(), turn.answered():
            stream = dspy.streamify(
                self.agent,
                stream_listeners=[WordsListener("reply", predict=self.agent.respond)],
                is_async_program=False,
            )
            words, gate = SpokenStream(), SentenceGate(turn.is_clean)
            async for part in stream(**turn.asked):  # pyright: ignore[reportCallIssue]
                if isinstance(part, StreamResponse):
                    if piece := gate.feed(words.feed(part.chunk)):
                        said += piece
                        yield piece
                elif isinstance(part, dspy.Prediction):
                    final = part
        if final is not None and turn.check(final):
            turn.replace(final, said)
        elif final is not None:
            turn.take(final)
        whole = turn.spoken()
        if rest := whole.reply.removeprefix(turn.opening).removeprefix(said):
            yield rest
        yield whole


class _GuardedTurn:
    """One turn under a guard: what was said, what to say first, and what came of the reply."""

    def __init__(self, guard: Guard, messages: Sequence[ChatMessage]) -> None:
        history, message = _conversation(messages)
        used = [m.skill for m in messages if m.role == "assistant"]
        self.asked: dict[str, Any] = {"history": history, "message": message, "used": used}
        """What the supporter is told."""
        self._guard = guard
        self._said = [m.content for m in messages if m.role == "user"]
        self.help = guard.help_for(self._said)
        self.opening = f"{self.help}\n\n" if self.help else ""
        """What the reply begins with."""
        self._faulty = False
        self._reply: ChatReply | None = None

    def is_clean(self, text: str) -> bool:
        """Whether a beginning of the reply keeps every hard rule."""
        return not hard(check_text(text))

    def check(self, answer: dspy.Prediction) -> str:
        """What is wrong with the model's reply, for the next attempt."""
        fault = self._guard.fault(str(answer.reply))
        self._faulty = bool(fault)
        return fault

    def take(self, said: dspy.Prediction) -> None:
        """The model's reply is the rest of the turn."""
        self._reply = ChatReply(reply=said.reply, skill=said.skill, why=str(said.why))

    def replace(self, said: dspy.Prediction, kept: str) -> None:
        """Safe words stand in place of a reply from where it broke a rule."""
        words = self._guard.replacement(self._said)
        reply = f"{kept.rstrip()} {words}" if kept.strip() else words
        self._reply = ChatReply(reply=reply, skill=said.skill, why=REPLACED)

    @contextmanager
    def answered(self) -> Generator[None]:
        """Within the block the model may fail where safe words or help can be said instead."""
        try:
            yield
        except DialogueError as error:
            if self._faulty and isinstance(error, NoReply):
                safe = self._guard.replacement(self._said)
                self._reply = ChatReply(reply=safe, why=REPLACED)
            elif not self.help:
                raise

    def spoken(self) -> ChatReply:
        """The whole turn."""
        if self._reply is None:
            return ChatReply(reply=self.help, why="the model failed; help was named")
        if not self.help:
            return self._reply
        return self._reply.model_copy(update={"reply": self.opening + self._reply.reply})


def _conversation(messages: Sequence[ChatMessage]) -> tuple[list[Turn], str]:
    """The turns before the last message, and that message."""
    if not messages or messages[-1].role != "user" or not messages[-1].content.strip():
        raise ValueError("the last message must be the user's and must not be empty")
    turns = [
        Turn(speaker="seeker" if m.role == "user" else "supporter", text=m.content)
        for m in messages[:-1]
    ]
    return turns, messages[-1].content
