"""The prompt format: DSPy's chat adapter, made quick and hard to inject into."""

from collections.abc import Mapping
from typing import Any

import dspy
from pydantic import BaseModel

_MARKER = "[[ ##"
_DEFANGED = "[[ # #"


class StageAdapter(dspy.ChatAdapter):
    """`ChatAdapter` with one call per answer, each system message rendered once, and fenced fields.

    Fenced: text inside a field cannot pass for a field of its own.
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

    def format_user_message_content(
        self,
        signature: type[dspy.Signature],
        inputs: dict[str, Any],
        prefix: str = "",
        suffix: str = "",
        main_request: bool = False,
    ) -> str:
        """The fields with their values; markers inside values are broken up."""
        text = super().format_user_message_content(signature, inputs, prefix, suffix, main_request)
        expected = sum(name in inputs for name in signature.input_fields)
        expected += len(signature.output_fields) + 1 if main_request else 0
        if text.count(_MARKER) <= expected:
            return text
        harmless = {name: _defang(value) for name, value in inputs.items()}
        return super().format_user_message_content(
            signature, harmless, prefix, suffix, main_request
        )


def _defang(value: Any) -> Any:  # noqa: ANN401 - any value of a field
    """The value with every field marker in its texts broken up."""
    if isinstance(value, str):
        return value.replace(_MARKER, _DEFANGED)
    if isinstance(value, BaseModel):
        return _defang(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {key: _defang(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_defang(item) for item in value]
    return value
