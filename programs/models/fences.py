"""Keeps text of others from passing for the frame of a prompt: for its fields, or for its turns."""

import re

MARKER = "[[ ##"
"""How the name of a field begins."""
_NEARLY = re.compile(r"(\[\[\s*#)(?=#)")
"""The same in any spacing, which a model may take for it."""
_TEMPLATE = re.compile(
    r"<(?=\|[\w\u2581]{1,40}\|?>)|<(?=/?(?:start|end)_of_turn>)|<(?=/?s>)"
    r"|<(?=\uff5c[\w\u2581]{1,40}\uff5c>)|<(?=</?SYS>>)|<(?=(?:bos|eos|pad|unk)>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_(?:CALLS|RESULTS|CONTENT))\])"
)
"""Where a token of a chat template begins; servers take such text for the end of a turn."""


def fenced(text: str) -> str:
    """The text with every marker of a field and every token of a chat template broken up."""
    return _TEMPLATE.sub(lambda sign: f"{sign[0]} ", _NEARLY.sub(r"\1 ", text))
