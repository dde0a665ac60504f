"""The prompt formats: DSPy's chat and JSON adapters, quick, hard to inject into, and read by us."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import dspy
from dspy.adapters.utils import format_field_value
from dspy.utils.exceptions import AdapterParseError
from pydantic_core import to_json

from ..reading.notes import Fault, Notes
from ..reading.reader import read
from .shapes import demanded, form, named

_MARKER = "[[ ##"
_DEFANGED = "[[ # #"
_LAID_OUT = (
    "All interactions will be structured in the following way, with the appropriate values "
    "filled in."
)
JSON_ANSWER = "Outputs will be a JSON object with the following fields."
SHOWN_OF_ANSWER = 4000
"""Characters of a refused answer that the model sees again."""


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


class _FencedAdapter(dspy.ChatAdapter):
    """What both formats do alike: fenced fields, answers read by the reader, asked again if faulty.

    Fenced: text inside a field cannot pass for a field of its own.
    """

    def format_field_description(self, signature: type[dspy.Signature]) -> str:
        """The fields with their types and what they hold."""
        return (
            f"Your input fields are:\n{_described(signature.input_fields)}\n"
            f"Your output fields are:\n{_described(signature.output_fields)}"
        )

    def format(
        self,
        signature: type[dspy.Signature],
        demos: list[dict[str, Any]],
        inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:
        """The messages of a prompt."""
        return self.again(super().format(signature, demos, inputs))

    def format_user_message_content(
        self,
        signature: type[dspy.Signature],
        inputs: dict[str, Any],
        prefix: str = "",
        suffix: str = "",
        main_request: bool = False,
    ) -> str:
        """The fields with their values; field markers inside values are broken up."""
        parts = [prefix]
        for name, field in signature.input_fields.items():
            if name in inputs:
                value = self._rendered(field, inputs[name])
                parts.append(_section(name, value.replace(_MARKER, _DEFANGED)))
        if main_request:
            parts.append(self.user_message_output_requirements(signature))
        return "\n\n".join([*parts, suffix]).strip()

    def _rendered(self, field: Any, value: Any) -> str:  # noqa: ANN401 - any value of a field
        """Texts as they are, everything else as JSON."""
        return value if isinstance(value, str) else to_json(value).decode()

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

    @staticmethod
    def again(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The prompt, with the refused answer and its fault behind it if there is one."""
        refused = _refused.get()
        if refused is None:
            return messages
        answer = str(refused.lm_response)[:SHOWN_OF_ANSWER].strip() or "(no answer)"
        fault = refused.fault.replace(_MARKER, _DEFANGED)
        asked = (
            f"This answer cannot be used: {fault}. Answer the same request again, completely, "
            "in the form that was asked for, and with nothing else."
        )
        return [
            *messages,
            {"role": "assistant", "content": answer},
            {"role": "user", "content": asked},
        ]


class ChatAdapter(_FencedAdapter):
    """DSPy's, with one call per answer and each system message rendered once.

    The class keeps its parent's name because DSPy's streaming knows adapters by their class name.
    """

    def __init__(self) -> None:
        super().__init__(use_json_adapter_fallback=False)
        self._system: dict[tuple[object, ...], str] = {}

    def format_system_message(self, signature: type[dspy.Signature]) -> str:
        """The static part of the prompt, rendered once per signature."""
        fields = tuple(
            (name, str(field.annotation), str(field.json_schema_extra))
            for name, field in signature.fields.items()
        )
        key = (signature.instructions, fields)
        if key not in self._system:
            self._system[key] = super().format_system_message(signature)
        return self._system[key]

    def format_field_structure(self, signature: type[dspy.Signature]) -> str:
        """How inputs and outputs are laid out, with the form of every output that is not text."""
        inputs = [_section(name, f"{{{name}}}") for name in signature.input_fields]
        outputs = [
            _section(name, _demand(name, field.annotation))
            for name, field in signature.output_fields.items()
        ]
        return "\n\n".join([_LAID_OUT, *inputs, *outputs, f"{_MARKER} completed ## ]]"])

    def user_message_output_requirements(self, signature: type[dspy.Signature]) -> str:
        """The reminder of the form at the end of a prompt."""
        fields = ", then ".join(
            f"`{_MARKER} {name} ## ]]`{_in_brackets(field.annotation)}"
            for name, field in signature.output_fields.items()
        )
        return (
            f"Respond with the corresponding output fields, starting with the field {fields}, "
            f"and then ending with the marker for `{_MARKER} completed ## ]]`."
        )


class StructuredAdapter(_FencedAdapter, dspy.JSONAdapter):
    """DSPy's, for servers that constrain their output."""

    def _rendered(self, field: Any, value: Any) -> str:  # noqa: ANN401
        """As DSPy renders it."""
        return str(format_field_value(field_info=field, value=value))

    def format_field_structure(self, signature: type[dspy.Signature]) -> str:
        """How inputs are laid out, and the form of the JSON object that is the answer."""
        inputs = [_section(name, f"{{{name}}}") for name in signature.input_fields]
        keys = [
            f'"{name}": {form(field.annotation) or demanded(field.annotation) or "text"},'
            for name, field in signature.output_fields.items()
        ]
        answer = "{\n" + "\n".join(keys) + "\n}"
        return "\n\n".join([_LAID_OUT, *inputs, f"{JSON_ANSWER}\n\n{answer}"])

    def user_message_output_requirements(self, signature: type[dspy.Signature]) -> str:
        """The reminder of the form at the end of a prompt."""
        fields = ", then ".join(
            f"`{name}`{_in_brackets(field.annotation)}"
            for name, field in signature.output_fields.items()
        )
        return f"Respond with a JSON object in the following order of fields: {fields}."


def _section(name: str, text: str) -> str:
    return f"{_MARKER} {name} ## ]]\n{text}"


def _demand(name: str, kind: Any) -> str:  # noqa: ANN401 - any annotation
    demand, shape = demanded(kind), form(kind)
    if not demand:
        return f"{{{name}}}"
    said = f"{{{name}}}        # must be {demand}"
    return f"{said} of this form, with the keys in this order:\n{shape}" if shape else said


def _in_brackets(kind: Any) -> str:  # noqa: ANN401
    return f" ({demanded(kind)})" if demanded(kind) else ""


def _described(fields: dict[str, Any]) -> str:
    """A numbered list of fields with their types and what they hold."""
    return "\n".join(
        f"{number}. `{name}` ({named(field.annotation)}): "
        + _description(name, field.json_schema_extra)
        for number, (name, field) in enumerate(fields.items(), start=1)
    )


def _description(name: str, extra: dict[str, Any]) -> str:
    said = extra.get("desc") or ""
    return "" if said == f"${{{name}}}" else said
