"""What clients send, and what of it is believed."""

import json
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from esc_skills.programs.support.deployment import ChatMessage

from .limits import Limits, Refusal

B = TypeVar("B", bound=BaseModel)


class _Sent(BaseModel):
    """What is read of a client's JSON; the reader would remember short texts for its next one."""

    model_config = ConfigDict(cache_strings="keys")


class _TextPart(_Sent):
    type: Literal["text"]
    text: str


class AskedMessage(_Sent):
    """One message as a client sends it."""

    role: Literal["user", "assistant", "system", "developer"]
    content: str | list[_TextPart]

    @property
    def text(self) -> str:
        """What is said."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content)


class Asked(_Sent):
    """A conversation that ends with the user's message, or that message and a session's id."""

    messages: list[AskedMessage] = Field(min_length=1)
    session: str | None = None


class _StreamOptions(_Sent):
    include_usage: bool = False


class AskedCompletion(Asked):
    """A request of OpenAI's chat completions. Sampling parameters are the program's own affair."""

    model: str
    stream: bool = False
    stream_options: _StreamOptions | None = None
    n: Literal[1] | None = None
    tools: list[None] | None = Field(default=None, max_length=0)
    functions: list[None] | None = Field(default=None, max_length=0)


def parsed(model: type[B], body: bytes) -> B:
    """The request of a body.

    Raises:
        Refusal: It is none; says which field is wrong, and repeats nothing of it.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_context=False, include_url=False)[0]
        if problem["type"] == "json_invalid":
            raise Refusal(400, "invalid_json", "the body must be JSON in UTF-8") from None
        place = ".".join(str(part) for part in problem["loc"])
        message = f"{place or 'the body'}: {problem['msg']}"
        raise Refusal(400, "invalid_value", message, place or None) from None


def believed(asked: Asked, limits: Limits, *, drop_system_turns: bool) -> list[ChatMessage]:
    """The turns of the user and of the assistant, within the limits.

    Args:
        asked: What the client sent.
        limits: How long a conversation may be.
        drop_system_turns: Whether system turns are left out rather than refused.

    Raises:
        Refusal: There is a system turn, or the conversation is too long.
    """
    turns: list[ChatMessage] = []
    for number, message in enumerate(asked.messages):
        if message.role in ("user", "assistant"):
            turns.append(ChatMessage(role=message.role, content=message.text))
        elif not drop_system_turns:
            told = "only user and assistant turns are believed: leave out system turns"
            raise Refusal(400, "role_not_believed", told, f"messages.{number}.role")
    must_fit(turns, limits)
    return turns


def must_fit(turns: list[ChatMessage], limits: Limits) -> None:
    """Hold a conversation to the limits.

    Raises:
        Refusal: It is too long, or does not end with the user's words.
    """
    if len(turns) > limits.messages:
        told = f"a conversation must have at most {limits.messages:,} messages"
        raise Refusal(413, "context_length_exceeded", told, "messages")
    if sum(len(turn.content) for turn in turns) > limits.characters:
        told = f"a conversation must have at most {limits.characters:,} characters"
        raise Refusal(413, "context_length_exceeded", told, "messages")
    if not turns or turns[-1].role != "user" or not _is_seen(turns[-1].content):
        told = "the last message must be the user's and must not be empty"
        raise Refusal(400, "invalid_value", told, "messages")


def _is_seen(text: str) -> bool:
    """Whether a text has any character that is no blank and not invisible."""
    return any(char.isprintable() and char != " " for char in text)


def event(data: dict[str, Any] | str) -> str:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {text}\n\n"
