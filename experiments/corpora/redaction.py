"""Personal data out of conversations: addresses, numbers and named people become placeholders.

What reads a corpus redacts before anything else sees it, so banks, reports and prompts quote the
redacted text only. Patterns find what has a form; names have none, so the user gives them.
"""

import re
from collections.abc import Sequence

from esc_skills.signatures.dialogue import Conversation

_PATTERNS = (
    ("[EMAIL]", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")),
    ("[LINK]", re.compile(r"(?:https?://|www\.)[^\s<>\"\u3002\uff0c]+")),
    ("[ID]", re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{3}-\d{2}-\d{4})(?!\d)")),
    ("[CARD]", re.compile(r"(?<![\d-])(?:\d[ -]?){15,18}\d(?![\d-])")),
    ("[IP]", re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")),
    ("[PHONE]", re.compile(
        r"(?<![\w.])(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?)?"
        r"\d{2,4}(?:[ .-]?\d{2,4}){2,4}(?![\w.]\d)"
    )),
    ("[HANDLE]", re.compile(r"(?<![\w@])@[A-Za-z_]\w{2,}")),
)  # fmt: skip
"""Placeholders and what they stand for; earlier ones come first where two match."""


class Redaction:
    """Replaces personal data in conversations.

    Args:
        names: Names of people and places to replace by `[NAME]`, in any case.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        told = sorted((re.escape(name.strip()) for name in names if name.strip()), key=len)
        inner = "|".join(reversed(told))
        self._names = re.compile(rf"(?<![A-Za-z])(?:{inner})(?![A-Za-z])", re.I) if told else None

    def __call__(self, conversation: Conversation) -> Conversation:
        """The conversation with placeholders in every text."""
        turns = tuple(
            turn.model_copy(update={"text": self.text(turn.text)}) for turn in conversation.turns
        )
        situation, problem = self.text(conversation.situation), self.text(conversation.problem)
        changed = {"turns": turns, "situation": situation, "problem": problem}
        return conversation.model_copy(update=changed)

    def text(self, text: str) -> str:
        """The text with placeholders."""
        for placeholder, pattern in _PATTERNS:
            text = pattern.sub(placeholder, text)
        return self._names.sub("[NAME]", text) if self._names else text
