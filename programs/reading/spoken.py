"""Cleans a standalone text: a reply that a person reads, or a line in a report."""

import re

from .notes import Notes

_LABEL = re.compile(
    r"\A[ \t]*(?:\#{1,4}[ \t]*)?[*_\[(\u3010]*(?:final\s+|my\s+)?"
    r"(?:supporter|assistant|counsell?or|therapist|helper|listener|seeker|user|client|person|me"
    r"|ai|bot|reply|response|answer|message|output|text|line"
    r"|\u652f\u6301\u8005|\u52a9\u624b|\u56de\u590d|\u56de\u7b54|\u6c42\u52a9\u8005|\u6d88\u606f)"
    r"(?:'s\s+(?:reply|response|answer|message|line|turn))?[*_\])\u3011]*\s*[:\uff1a]\s*[*_]*\s*",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"\A(?:the|my|sure|certainly|of course|okay|ok|absolutely|here(?:'s|\u2019s| is| are)|below is"
    r"|this is)\b[^\n\"\u201c]{0,80}\b(?:reply|response|answer|message|turn|line|version|draft)\b"
    r"[^\n\"\u201c]{0,80}[:\uff1a]\s*(?:\n+|(?=[\"\u201c]))",
    re.IGNORECASE,
)
_NEXT_SPEAKER = re.compile(
    r"\n[ \t]*[*_\[]*(?:seeker|user|human|client|supporter|assistant|counsell?or|therapist"
    r"|\u652f\u6301\u8005|\u6c42\u52a9\u8005)[*_\]]*\s*[:\uff1a]",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\n\s*[(\[*_]+\s*(?:note|explanation|skill)\b[^\n]*[)\]*_]+\s*\Z", re.IGNORECASE
)
_TRAILER = re.compile(r"\n\s*-{3,}\s*\n[^\n]{0,200}\Z|\n\s*skill used:[^\n]*\Z", re.IGNORECASE)
_TAG_LEFT = re.compile(
    r"\A\s*<(?:reply|response|answer|message|output)>|</(?:reply|response|answer|message|output)>\s*\Z",
    re.IGNORECASE,
)
_MARKER_LEFT = re.compile(
    r"\s*(?:\[\[?\s*#*\s*\w*\s*#*\s*\]?\]?|##\s*completed\s*#*|\[completed\])\s*\Z", re.IGNORECASE
)
_QUOTES = {
    '"': '"',
    "'": "'",
    "\u201c": "\u201d",
    "\u2018": "\u2019",
    "\u00ab": "\u00bb",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
}
_WRAPS = ("```", "***", "**", "__", "*", "_", "`")


def spoken(text: str, notes: Notes) -> str:
    """The words alone: no label, preamble, note, marker, fence, or quotation marks around it all.

    Where a model goes on with the other speaker's line, that line and what follows are dropped.
    """
    before = text.strip()
    words = before
    for _ in range(4):  # a label may stand within quotation marks, and those within a fence
        shorter = _unwrapped(_LABEL.sub("", _PREAMBLE.sub("", words)).strip())
        for useless in (_NOTE, _TRAILER, _TAG_LEFT, _MARKER_LEFT):
            shorter = useless.sub("", shorter).strip()
        if shorter == words:
            break
        words = shorter
    other = _NEXT_SPEAKER.search(words)
    if other:
        words = _unwrapped(words[: other.start()].strip())
    if words != before:
        notes.repaired("label")
    return words


def _unwrapped(text: str) -> str:
    """The text without signs that stand around the whole of it, and nowhere within."""
    if text.startswith("```") and text.endswith("```") and len(text) > 6:
        return re.sub(r"\A[\w+-]*\n", "", text[3:-3]).strip()
    for sign in _WRAPS[1:]:
        inner = text[len(sign) : -len(sign)]
        if len(text) > 2 * len(sign) and text.startswith(sign) and text.endswith(sign):
            return text if sign[0] in inner else inner.strip()
    closing = _QUOTES.get(text[:1])
    if closing is None or len(text) < 3 or not text.endswith(closing):
        return text
    inner = text[1:-1]
    if closing in "'\u2019":
        inner_marks = re.findall(r"(?<!\w)['\u2018]|['\u2019](?!\w)", inner)
    else:
        inner_marks = [sign for sign in inner if sign in (text[0], closing)]
    return text if inner_marks else inner.strip()
