"""A deployment at work for clients: conversations, their sessions, and what a reply has cost."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from esc_skills.programs.conduct.checker import hard_breaches
from esc_skills.programs.conduct.guard import REPLACED
from esc_skills.programs.models.failures import BudgetExhausted, DialogueError, Interrupted, Outage
from esc_skills.programs.models.ledger import metered
from esc_skills.programs.support.deployment import ChatMessage, ChatReply, Deployment
from esc_skills.signatures.frozen import content_hash
from esc_skills.signatures.rollouts import Spend

from .limits import Limits, Refusal
from .logs import AUDIT, log
from .metrics import Metrics
from .requests import Asked, believed, must_fit
from .sessions import Session, Sessions

FRESH = 60.0
"""Seconds for which an answer of the model shows that it can be reached."""
AGAIN = 10.0
"""Seconds until a model that gave no answer is asked again whether it can be reached."""
PROBE = 5.0
"""Seconds that the model has to answer such a question."""
_FAILURES = (DialogueError, Outage, BudgetExhausted, Interrupted)


@dataclass
class Conversation:
    """What a client asks about, and what came of it."""

    turns: list[ChatMessage]
    session: Session | None
    client: str
    spend: Spend = field(default_factory=Spend)
    reply: ChatReply | None = None

    @property
    def replaced(self) -> bool:
        """Whether safe words stand in place of the model's."""
        return self.reply is not None and self.reply.why == REPLACED


class Service:
    """Answers conversations.

    Args:
        deployment: The supporter with its model.
        limits: What a conversation may take.
        drop_system_turns: Whether system turns are left out rather than refused.
        audit_words: Whether the audit log holds what was said.
    """

    def __init__(
        self,
        deployment: Deployment,
        limits: Limits,
        *,
        drop_system_turns: bool = False,
        audit_words: bool = False,
    ) -> None:
        self.deployment, self.limits = deployment, limits
        self.sessions = Sessions(limits)
        self.metrics = Metrics(lambda: deployment.guard.counts, lambda: len(self.sessions))
        self.clean_bank = not hard_breaches(deployment.agent.bank.value, deployment.guard.conduct)
        """Whether the bank breaks no hard rule of the conduct."""
        self._drop, self._words = drop_system_turns, audit_words
        self._answered = self._asked = float("-inf")
        self._probing = asyncio.Lock()

    @contextmanager
    def conversation(self, asked: Asked, client: str) -> Generator[Conversation]:
        """The conversation of a request; a session takes one request at a time.

        Raises:
            Refusal: It is too long, holds what is not believed, or its session is not there.
        """
        turns = believed(asked, self.limits, drop_system_turns=self._drop)
        if asked.session is None:
            yield Conversation(turns, None, client)
            return
        session = self.sessions.of(asked.session, client)
        if len(turns) != 1:
            told = "with a session, send the user's new message alone: the server keeps the others"
            raise Refusal(400, "invalid_value", told, "messages")
        if session.busy:
            raise Refusal(409, "session_busy", "the session's last message is not answered yet")
        turns = [*session.turns, *turns]
        must_fit(turns, self.limits)
        session.busy = True
        try:
            yield Conversation(turns, session, client)
        finally:
            session.busy = False

    async def answer(self, asked: Conversation) -> ChatReply:
        """The reply to a conversation.

        Raises:
            Refusal: The model gave none.
        """
        with metered() as meter, self._told():
            reply = await self.deployment.areply(asked.turns)
        self._note(asked, reply, meter.spend)
        return reply

    async def pieces(self, asked: Conversation) -> AsyncIterator[str]:
        """The reply to a conversation in pieces.

        Raises:
            Refusal: The model gave none.
        """
        with metered() as meter, self._told():
            async for part in self.deployment.stream(asked.turns):
                if isinstance(part, str):
                    yield part
                else:
                    self._note(asked, part, meter.spend)

    async def ready(self) -> dict[str, bool]:
        """Whether the bank keeps the conduct, and whether the model can be reached."""
        async with self._probing:
            now = time.monotonic()
            if now - self._answered > FRESH and now - self._asked > AGAIN:
                self._asked = now
                with suppress(Exception):  # whatever goes wrong, the model is not ready
                    await self._probe()
        return {"bank": self.clean_bank, "model": time.monotonic() - self._answered <= FRESH}

    async def _probe(self) -> None:
        models = self.deployment.models
        async with asyncio.timeout(PROBE):
            with models.active():
                await models.lms["supporter"].acall("Answer with the one word: ready")
        self._answered = time.monotonic()

    @contextmanager
    def _told(self) -> Generator[None]:
        """Turn a failure of the model into an answer for the client; its reason may quote words."""
        try:
            yield
        except _FAILURES as error:
            self._answered = float("-inf")
            self.metrics.failures.inc()
            cause = type(error.__cause__ or error).__name__
            log("esc_skills.serving", {"event": "no reply", "error": cause}, logging.WARNING)
            told = "the model gave no answer; try again later"
            raise Refusal(502, "model_failed", told) from None

    def _note(self, asked: Conversation, reply: ChatReply, spend: Spend) -> None:
        """Keep what was said where the server keeps it, and count what it has cost."""
        asked.reply, asked.spend, self._answered = reply, spend, time.monotonic()
        if asked.session is not None:
            said = ChatMessage(role="assistant", content=reply.reply, skill=reply.skill)
            asked.session.turns = [*asked.turns, said]
        self.metrics.tokens.labels("read").inc(spend.tokens_in)
        self.metrics.tokens.labels("written").inc(spend.tokens_out)
        words = spoken_words(asked.turns, reply) if self._words else {}
        line: dict[str, object] = {
            "event": "reply",
            "client": asked.client,
            "turns": len(asked.turns),
            "skill": reply.skill,
            "replaced": asked.replaced,
            "tokens_in": spend.tokens_in,
            "tokens_out": spend.tokens_out,
        }
        log(AUDIT, line | words)


def spoken_words(turns: list[ChatMessage], reply: ChatReply) -> dict[str, str]:
    """What was said, and names by which the exchanges of a conversation can be joined."""
    said = [(turn.role, turn.content) for turn in turns]
    return {
        "asked": turns[-1].content,
        "reply": reply.reply,
        "follows": content_hash(said[:-1]) if said[:-1] else "",
        "exchange": content_hash([*said, ("assistant", reply.reply)]),
    }
