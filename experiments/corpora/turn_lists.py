"""Finding the turns of a conversation in a JSON record, whatever its fields are called."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .labelled_text import conversations_in
from .speakers import known_name

SPEAKER_KEYS = (
    "speaker", "role", "from", "author", "sender", "interlocutor", "party", "who", "name",
    "user_type", "speaker_role", "participant", "type", "speaker_idx", "speaker_id",
)  # fmt: skip
"""Names of the field that says who speaks, the likeliest first."""
TEXT_KEYS = (
    "content", "text", "value", "utterance", "message", "utterance_text", "sentence", "body",
    "msg", "transcript", "response", "reply", "parts",
)  # fmt: skip
"""Names of the field that says what is said, the likeliest first."""
_ASKED = ("human", "user", "input", "prompt", "question", "query", "instruction", "client", "q")
_ANSWERED = ("assistant", "bot", "output", "response", "answer", "gpt", "reply", "counselor", "a")
LIST_KEYS = (
    "messages", "conversations", "conversation", "dialog", "dialogue", "turns", "history",
    "dialogs", "utterances", "chat", "transcript", "log",
)  # fmt: skip
"""Usual names of the field that holds the turns; others are found by their form."""
_TALKS = (*LIST_KEYS, "text")
"""Fields in which a whole conversation may stand as one text."""
_DEEPEST = 3


class RawTurn(NamedTuple):
    """A turn as the corpus has it."""

    speaker: str
    text: str
    labels: Mapping[str, Any]


def turns_in(record: Any) -> list[RawTurn]:  # noqa: ANN401 - any JSON value
    """The turns of a record: of itself, or of the field that holds most of them, or of a text.

    Raises:
        ValueError: It holds no turns; says what was looked for.
    """
    found = max(_lists(record, _DEEPEST), key=len, default=None) or _labelled(record)
    if not found:
        raise ValueError(
            "has no turns: no list of objects that say who speaks and what is said, such as "
            '{"role": "user", "content": "..."}, and no list of questions with answers'
        )
    return found


def is_turn(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a JSON value is one turn, so that a list of such values is one conversation."""
    if not isinstance(value, Mapping):
        return False
    speaker, text = _first(value, SPEAKER_KEYS), _text(value)
    return isinstance(speaker, str | int) and text is not None and known_name(str(speaker))


def _lists(value: Any, depth: int) -> Iterator[list[RawTurn]]:  # noqa: ANN401 - any JSON value
    """Every list of turns in a value, those under a usual name first."""
    if isinstance(value, list):
        for read in (_objects, _pairs):
            if turns := read(value):
                yield turns
                return
    elif isinstance(value, Mapping) and depth:
        usual = [key for key in LIST_KEYS if key in value]
        for key in (*usual, *(key for key in value if key not in LIST_KEYS)):
            yield from _lists(value[key], depth - 1)


def _labelled(record: Any) -> list[RawTurn]:  # noqa: ANN401 - any JSON value
    """The turns of a text with speakers' labels under a usual name."""
    texts = [record.get(key) for key in _TALKS] if isinstance(record, Mapping) else []
    for text in texts:
        first = next(conversations_in(text)) if isinstance(text, str) and "\n" in text else None
        if isinstance(first, dict):
            return [RawTurn(turn["speaker"], turn["text"], {}) for turn in first["turns"]]
    return []


def _objects(items: Sequence[Any]) -> list[RawTurn]:
    """Turns that are objects with a speaker and a text; empty unless each item is one."""
    turns: list[RawTurn] = []
    for item in items:
        if not isinstance(item, Mapping):
            return []
        speaker, text = _first(item, SPEAKER_KEYS), _text(item)
        if not isinstance(speaker, str | int) or isinstance(speaker, bool) or text is None:
            return []
        turns.append(RawTurn(str(speaker), text, item))
    return turns


def _pairs(items: Sequence[Any]) -> list[RawTurn]:
    """Turns that come as pairs, [question, answer] or {"input": ..., "output": ...}."""
    turns: list[RawTurn] = []
    for item in items:
        pair = _pair(item)
        if pair is None:
            return []
        labels = item if isinstance(item, Mapping) else {}
        turns += [RawTurn("user", pair[0], {}), RawTurn("assistant", pair[1], labels)]
    return turns


def _pair(item: Any) -> tuple[str, str] | None:  # noqa: ANN401 - any JSON value
    if isinstance(item, Mapping):
        asked, answered = _first(item, _ASKED), _first(item, _ANSWERED)
    elif isinstance(item, list) and len(item) == 2:
        asked, answered = item
    else:
        return None
    return (asked, answered) if isinstance(asked, str) and isinstance(answered, str) else None


def _first(item: Mapping[str, Any], keys: Sequence[str]) -> Any:  # noqa: ANN401 - any JSON value
    """The value of the first of some fields that an object has; the case of names is ignored."""
    lowered = {str(key).lower().strip(): value for key, value in item.items()}
    return next((lowered[key] for key in keys if lowered.get(key) not in (None, "")), None)


def _text(item: Mapping[str, Any]) -> str | None:
    """What is said; parts of a message in OpenAI's or Gemini's form are joined."""
    lowered = {str(key).lower().strip(): value for key, value in item.items()}
    key = next((key for key in TEXT_KEYS if key in lowered), None)
    value = lowered.get(key) if key else None
    if isinstance(value, list):
        texts = [part.get("text") if isinstance(part, Mapping) else part for part in value]
        value = "\n".join(text for text in texts if isinstance(text, str))
    if value is None and key:
        return ""  # a message that only calls a tool
    return value if isinstance(value, str) else None
