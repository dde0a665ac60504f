"""Removes reasoning, channels and chat-template tokens from an answer."""

import re

from .notes import Fault, Notes

_TAGS = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis|seed:think"
_CLOSED = re.compile(
    rf"""
    <(?P<tag>{_TAGS})\b[^>]*>.*?</(?P=tag)\s*>
    | \[THINK\].*?\[/THINK\]
    | ◁think▷.*?◁/think▷
    | <\|begin_of_thought\|>.*?<\|end_of_thought\|>
    | <\|channel\|>\s*(?:analysis|commentary)\b.*?(?=<\|(?:end|start|channel)\|>|\Z)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_END = re.compile(rf"</(?:{_TAGS})\s*>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>", re.IGNORECASE)
_START = re.compile(
    rf"<(?:{_TAGS})\b[^>]*>|\[THINK\]|◁think▷|<\|begin_of_thought\|>", re.IGNORECASE
)
_WRAPPED = re.compile(
    r"\A\s*<(answer|final|final_answer|output|response|result|solution)>(.*?)(?:</\1>\s*|)\Z",
    re.DOTALL | re.IGNORECASE,
)
_TURN_OVER = re.compile(
    r"<\|(?:im_end|im_start|eot_id|endoftext|end_of_text)\|>|<end_of_turn>"
    r"|<\uff5cend\u2581of\u2581sentence\uff5c>|</s>"
)
"""Where the model's turn is over; what follows is somebody else's, made up."""
_TEMPLATE = re.compile(
    r"<\|channel\|>\s*final\s*(?:<\|message\|>)?|<\|start\|>\s*assistant|<\|[\w▁]{1,40}\|>"
    r"|</?s>(?=\s*\Z)|<(?:end|start)_of_turn>(?:\s*model\b)?|\[/?INST\]|<\uff5c[\w▁]{1,40}\uff5c>"
)
"""Tokens of chat templates (ChatML, Llama, Gemma, Mistral, DeepSeek, Harmony) that leak out."""


def without_thoughts(text: str, notes: Notes) -> str:
    """The answer without reasoning and template tokens.

    What stands before a closing tag without an opening one is reasoning, too: the templates of
    reasoning models put the opening tag into the prompt.

    Raises:
        Fault: Reasoning was begun and not ended, so that no one can tell where the answer starts.
    """
    kept = _CLOSED.sub("", text)
    ends = list(_END.finditer(kept))
    if ends:
        kept = kept[ends[-1].end() :]
    if _START.search(kept):
        raise Fault("the answer ends within the reasoning: close it, then write the answer")
    over = _TURN_OVER.search(kept)
    if over and kept[: over.start()].strip():
        kept = kept[: over.start()]
    kept = _TEMPLATE.sub("", kept)
    wrapped = _WRAPPED.match(kept)
    if wrapped:
        kept = wrapped[2]
    if kept.strip() != text.strip():
        notes.repaired("thoughts")
    return kept.strip()
