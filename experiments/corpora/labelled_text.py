"""Plain text in which lines begin with the speaker's label, as `Client: ...`."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from .speakers import known_name

_LABEL = re.compile(
    r"^\s*(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s*)?"  # a time
    r"(?:\d{1,4}[.)]\s+)?"  # a number
    r"[>\-*_#\s]*[\[<(]?(?P<label>[^\W\d_][\w .'\-]{0,29}?)[\])>]?[*_]*\s*"
    r"[:\uff1a]\s*[*_]*(?P<text>.*)$"
)
_BREAK = re.compile(
    r"^\s*(?:[-=*_#]{3,}|#*\s*(?:conversation|dialogue|dialog|session|case|example"
    r"|\u5bf9\u8bdd|\u6848\u4f8b|\u4f1a\u8bdd)\s*[#\u7b2c]?\s*\d+\s*[:\uff1a.]?)\s*$",
    re.IGNORECASE,
)
"""A line that ends a conversation: a rule, or a heading with a number."""
_SPEAKERS = 6
"""Labels that a conversation has at most; more are words before a colon."""


def conversations_in(text: str) -> Iterator[dict[str, Any] | ValueError]:
    """Each conversation of a text as a record with `turns`; a line without a label goes on.

    A text of which no conversation can be made gives the error that says so.
    """
    blocks = [block for block in _blocks(text) if any(line.strip() for line in block)]
    found = [{"turns": turns} for block in blocks if (turns := _turns(block))]
    yield from found or [
        ValueError("no two speakers' labels, such as `Client:` and `Counselor:`, begin its lines")
    ]


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in text.splitlines():
        if _BREAK.match(line):
            yield block
            block = []
        else:
            block.append(line)
    yield block


def _turns(lines: list[str]) -> list[dict[str, str]]:
    labels = _labels(lines)
    turns: list[dict[str, str]] = []
    for line in lines:
        found = _LABEL.match(line)
        if found and found["label"] in labels:
            turns.append({"speaker": found["label"], "text": found["text"].strip()})
        elif turns and line.strip():
            turns[-1]["text"] = f"{turns[-1]['text']}\n{line.strip()}".strip()
    return turns


def _labels(lines: list[str]) -> set[str]:
    """The labels that are speakers: known names, or the few that come again and again."""
    counts = Counter(found["label"] for line in lines if (found := _LABEL.match(line)))
    known = {label for label in counts if known_name(label)}
    if len(known) >= 2:
        return known
    repeated = {label for label, count in counts.most_common(_SPEAKERS) if count > 1} | known
    return repeated if 2 <= len(repeated) and len(counts) <= _SPEAKERS else set()
