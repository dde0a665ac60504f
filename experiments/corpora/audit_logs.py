"""Conversations in the audit log of `esc-skills serve --audit FILE --audit-words`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..serving.logs import AUDIT

MOST_OPEN = 10_000
"""Conversations that may go on at once; of more, the oldest counts as ended."""
_WITHOUT_WORDS = ValueError(
    "it is an audit log without the words of conversations; `esc-skills serve` keeps them with "
    "--audit-words"
)


def is_audit_line(record: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record is a line of an audit log."""
    return isinstance(record, Mapping) and record.get("logger") == AUDIT


def conversations_in(lines: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    """(Number of the first line, record with `turns`) of each conversation, joined by its lines.

    A line names the exchange before it; one whose predecessor is not here opens a conversation.
    Lines of other events are passed over; broken ones, and a log without words, come out as the
    `ValueError` that says so.
    """
    talks: dict[str, tuple[int, list[dict[str, str]]]] = {}
    wordless = 0
    for number, line in lines:
        if isinstance(line, ValueError):
            yield number, line
        elif not is_audit_line(line) or line.get("event") != "reply":
            continue
        elif not isinstance(line.get("asked"), str) or not isinstance(line.get("reply"), str):
            wordless = wordless or number
        else:
            begun = talks.pop(str(line.get("follows") or ""), (number, []))
            begun[1].append({"role": "user", "content": line["asked"]})
            begun[1].append({"role": "assistant", "content": line["reply"]})
            talks[str(line.get("exchange") or number)] = begun
            if len(talks) > MOST_OPEN:
                yield _told(talks.pop(next(iter(talks))))
    for talk in talks.values():
        yield _told(talk)
    if wordless:
        yield wordless, _WITHOUT_WORDS


def _told(talk: tuple[int, list[dict[str, str]]]) -> tuple[int, Any]:
    number, turns = talk
    return number, {"turns": turns}
