"""A stage that takes part in a conversation: its system prompt stands alone, the talk is turns."""

from collections.abc import Mapping, Sequence
from typing import Any

import dspy

from esc_skills.signatures.dialogue import Chat, Turn
from esc_skills.signatures.prompt_text import indented, prompt_text
from esc_skills.signatures.wording import worded

from .fences import fenced
from .typed import described, typed

ROLES = {"seeker": "user", "supporter": "assistant"}
JOINED = "(joins the chat)"
"""What the user says where the supporter speaks first: many servers want the user to begin."""


def chat_field(signature: type[dspy.Signature]) -> str | None:
    """The input that is the conversation; None for a stage that takes no part in one."""
    named = signature.input_fields.items()
    return next((name for name, field in named if field.annotation is Chat), None)


def native_messages(
    signature: type[dspy.Signature],
    demos: Sequence[Mapping[str, Any]],
    inputs: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """The messages of a prompt: the task with the other inputs, then the turns as they are."""
    name = chat_field(signature)
    assert name is not None, "a stage with a chat"
    output, field = next(iter(signature.output_fields.items()))
    parts = [worded(signature.instructions.strip()), f"Write only this: {described(output, field)}"]
    parts += [_example(signature, demo, number) for number, demo in enumerate(demos, start=1)]
    parts += _others(signature, inputs)
    turns = typed(inputs[name], Chat).turns
    return [{"role": "system", "content": "\n\n".join(parts)}, *_turns(turns)]


def _turns(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The turns as messages: alternating, the user first, no frame of a prompt in any of them."""
    messages: list[dict[str, Any]] = []
    for turn in turns:
        role, text = ROLES[turn.speaker], fenced(turn.text)
        if not messages and role == "assistant":
            messages.append({"role": "user", "content": JOINED})
        if messages and messages[-1]["role"] == role:
            text = f"{messages.pop()['content']}\n{text}"
        messages.append({"role": role, "content": text})
    return messages


def _others(signature: type[dspy.Signature], inputs: Mapping[str, Any]) -> list[str]:
    """The inputs besides the conversation, each under what it is; empty ones are left out."""
    return [
        f"{described(name, field)}\n{fenced(prompt_text(typed(inputs[name], field.annotation)))}"
        for name, field in signature.input_fields.items()
        if field.annotation is not Chat and inputs.get(name)
    ]


def _example(signature: type[dspy.Signature], demo: Mapping[str, Any], number: int) -> str:
    """A demonstration as a transcript, within the task."""
    name, output = chat_field(signature), next(iter(signature.output_fields))
    lines = [f"Example {number}", *_others(signature, demo)]
    if demo.get(name or ""):
        lines.append(fenced(typed(demo[name or ""], Chat).shown))
    lines.append(f"You: {fenced(indented(str(demo.get(output, ''))))}")
    return "\n".join(lines)
