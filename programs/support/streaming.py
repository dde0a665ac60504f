"""Streams a reply as clean as the whole one will be: no thought, marker, label or note gets out."""

import re
from collections.abc import Callable
from typing import Any

from dspy.streaming import StreamListener, StreamResponse

from ..reading.notes import Fault, Notes
from ..reading.spoken import spoken
from ..reading.thoughts import without_thoughts

HELD_BACK = 48
"""Characters at the end that wait for what follows: they could be part of a marker or a label."""
_UNSETTLED = re.compile(r"[<\u25c1\[]|\n\s*[(*_`#]|\n[^\n]{0,24}\Z|\A[\"'\u201c\u2018\u00ab`*_({]")
"""From here on a text may turn out to be none of the reply's words."""

_SENTENCE_END = re.compile(r"[.!?;\n]+(?=\s)\s|[\u3002\uff01\uff1f\uff1b]")


class WordsListener(StreamListener):
    """Hands on every piece of an answer that is words alone; DSPy's own waits for a field."""

    def receive(self, chunk: Any) -> StreamResponse | None:  # noqa: ANN401 - LiteLLM's chunk
        """The piece, if it holds text."""
        piece = chunk.choices[0].delta.content if chunk.choices else None
        if not piece:
            return None
        self.stream_start = True
        return StreamResponse(self.predict_name or "", self.signature_field_name, piece, False)

    def finalize(self) -> None:
        """Nothing is held back."""


class SpokenStream:
    """Takes the raw pieces of a reply and gives out those words that are certain."""

    def __init__(self) -> None:
        self._raw = ""
        self._given = ""

    def feed(self, piece: str) -> str:
        """What may be said after one more piece; often nothing."""
        self._raw += piece
        try:
            clean = spoken(without_thoughts(self._raw, Notes()), Notes())
        except Fault:  # within the thoughts
            return ""
        unsettled = _UNSETTLED.search(clean)
        settled = clean[:-HELD_BACK] if unsettled is None else clean[: unsettled.start()]
        settled = settled[: max(0, len(clean) - HELD_BACK)]
        if not settled.startswith(self._given):
            return ""
        more = settled[len(self._given) :]
        self._given = settled
        return more


class SentenceGate:
    """Lets whole sentences pass while all that has been said is clean, and nothing afterwards.

    Args:
        is_clean: Whether a text may be said.
    """

    def __init__(self, is_clean: Callable[[str], bool]) -> None:
        self._is_clean = is_clean
        self._passed = self._held = ""
        self._closed = False

    def feed(self, piece: str) -> str:
        """What may be said after one more piece; often nothing."""
        self._held += piece
        end = max((match.end() for match in _SENTENCE_END.finditer(self._held)), default=0)
        if self._closed or not end:
            return ""
        if not self._is_clean(self._passed + self._held[:end]):
            self._closed = True
            return ""
        ready, self._held = self._held[:end], self._held[end:]
        self._passed += ready
        return ready
