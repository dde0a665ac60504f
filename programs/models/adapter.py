"""The prompt formats: short, the static part first, hard to inject into, and read by us."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError
from pydantic import TypeAdapter, ValidationError

from esc_skills.signatures.dialogue import Chat
from esc_skills.signatures.prompt_text import indented, prompt_text

from ..reading.notes import Fault, Notes
from ..reading.reader import read
from .fences import MARKER, fenced
from .native_turns import EXAMPLES, turns_of
from .shapes import answer_form, only_output, said

SHOWN_OF_ANSWER = 4000
"""Characters of a refused answer that the model sees again."""
GIVEN = "You are given:"
REMINDER = "Now answer"
"""How the last line of a prompt begins, which repeats what is asked for."""


class Unreadable(AdapterParseError):
    """An answer that cannot be used; `fault` says what is wrong with it.

    Args:
        signature: What was asked.
        answer: The model's text.
        fault: A clause that names the field, the rule and the value.
    """

    def __init__(self, signature: type[dspy.Signature], answer: str, fault: str) -> None:
        super().__init__(
            adapter_name="the reader",
            signature=signature,  # type: ignore[arg-type] - the class, as DSPy itself passes
            lm_response=answer,
            message=fault,
        )
        self.fault = fault


_refused: ContextVar[Unreadable | None] = ContextVar("refused", default=None)
_notes: ContextVar[list[Notes] | None] = ContextVar("notes", default=None)


@contextmanager
def asking(refused: Unreadable | None) -> Generator[list[Notes]]:
    """Within the block a prompt names the fault of the answer before; the value takes the notes."""
    taken: list[Notes] = []
    tokens = _refused.set(refused), _notes.set(taken)
    try:
        yield taken
    finally:
        _refused.reset(tokens[0])
        _notes.reset(tokens[1])


class ChatAdapter(dspy.ChatAdapter):
    """Prompts in plain words, one call per answer, answers read by the reader.

    A stage with one output is answered by it alone, another one by sections under the names of its
    outputs. A stage that takes part in a conversation reads it as native chat turns. Text inside a
    field cannot pass for a field or a turn of its own.
    """

    json_answers = False

    def __init__(self) -> None:
        super().__init__(use_json_adapter_fallback=False)
        self._system: dict[tuple[object, ...], str] = {}

    def format(
        self,
        signature: type[dspy.Signature],
        demos: list[dict[str, Any]],
        inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:
        """The messages of a prompt."""
        chat = _chat_of(signature, inputs)
        if chat is None:
            return again(super().format(signature, demos, inputs))
        parts = [self.format_system_message(signature)]
        parts += [_example(signature, demo) for demo in demos]
        parts += _sections_beside_chat(signature, inputs)
        return again([{"role": "system", "content": "\n\n".join(parts)}, *turns_of(chat)])

    def format_system_message(self, signature: type[dspy.Signature]) -> str:
        """The static part of the prompt, rendered once per signature."""
        fields = tuple(
            (name, str(field.annotation), str(field.metadata), str(field.json_schema_extra))
            for name, field in signature.fields.items()
        )
        key = (signature.instructions, fields)
        if key not in self._system:
            self._system[key] = self._static(signature)
        return self._system[key]

    def _static(self, signature: type[dspy.Signature]) -> str:
        """The task, what is given, and the form of the answer."""
        parts = [signature.instructions.strip()]
        if not _takes_part(signature):
            given = [f"- {name}: {said(f)}" for name, f in signature.input_fields.items()]
            parts.append("\n".join([GIVEN, *given]))
        return "\n\n".join([*parts, answer_form(signature, in_json=self.json_answers)])

    def format_user_message_content(
        self,
        signature: type[dspy.Signature],
        inputs: dict[str, Any],
        prefix: str = "",
        suffix: str = "",
        main_request: bool = False,
    ) -> str:
        """The fields with their values."""
        parts = [prefix]
        for name, field in signature.input_fields.items():
            if name in inputs:
                parts.append(section(name, fenced(prompt_text(_typed(inputs[name], field)))))
        if main_request:
            parts.append(self.user_message_output_requirements(signature))
        return "\n\n".join([*parts, suffix]).strip()

    def user_message_output_requirements(self, signature: type[dspy.Signature]) -> str:
        """The reminder of the form at the end of a prompt."""
        names = list(signature.output_fields)
        if self.json_answers and not _alone(signature):
            return f"{REMINDER} with the JSON object alone: {', '.join(names)}."
        if len(names) == 1:
            return f"{REMINDER} with {names[0]} and nothing else."
        marks = ", ".join(f"{MARKER} {name} ## ]]" for name in names)
        return f"{REMINDER} in the form {marks}, {MARKER} completed ## ]]."

    def format_assistant_message_content(
        self,
        signature: type[dspy.Signature],
        outputs: dict[str, Any],
        missing_field_message: str | None = None,
    ) -> str:
        """An answer of a demonstration, in the form that is asked for."""
        values = {
            name: _typed(outputs.get(name, missing_field_message), field)
            for name, field in signature.output_fields.items()
        }
        if _alone(signature):
            return written(next(iter(values.values())))
        if self.json_answers:
            return written(values)
        parts = [section(name, written(value)) for name, value in values.items()]
        return "\n\n".join([*parts, f"{MARKER} completed ## ]]"])

    def parse(self, signature: type[dspy.Signature], completion: str) -> dict[str, Any]:
        """The typed outputs.

        Raises:
            Unreadable: The answer does not say one thing only in each field that was asked for.
        """
        try:
            reading = read(signature, completion)
        except Fault as fault:
            raise Unreadable(signature, completion, str(fault)) from fault
        taken = _notes.get()
        if taken is not None:
            taken.append(reading.notes)
        return dict(reading.values)
