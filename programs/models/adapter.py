"""The prompt format: DSPy's chat adapter, made quick and hard to inject into."""

from typing import Any

import dspy
from dspy.utils.exceptions import AdapterParseError
from pydantic_core import to_json

from .strict_integers import normalised

_MARKER = "[[ ##"
_DEFANGED = "[[ # #"


class ChatAdapter(dspy.ChatAdapter):
    """DSPy's, with one call per answer, each system message rendered once, and fenced fields.

    Fenced: text inside a field cannot pass for a field of its own. The class keeps its parent's
    name because DSPy's streaming knows adapters by their class name.
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

    def parse(self, signature: type[dspy.Signature], completion: str) -> dict[str, Any]:
        """The typed outputs; whole numbers are read as they stand or not at all.

        Raises:
            AdapterParseError: The answer does not have the fields that were asked for.
        """
        return super().parse(signature, _strict(self, signature, completion))

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
        for name in signature.input_fields:
            if name in inputs:
                value = _rendered(inputs[name]).replace(_MARKER, _DEFANGED)
                parts.append(f"{_MARKER} {name} ## ]]\n{value}")
        if main_request:
            parts.append(self.user_message_output_requirements(signature) or "")
        return "\n\n".join([*parts, suffix]).strip()


class StructuredAdapter(dspy.JSONAdapter):
    """DSPy's, with whole numbers read as they stand; for servers that constrain their output."""

    def parse(self, signature: type[dspy.Signature], completion: str) -> dict[str, Any]:
        """As `ChatAdapter.parse`."""
        return super().parse(signature, _strict(self, signature, completion))


def _strict(adapter: Any, signature: type[dspy.Signature], completion: str) -> str:  # noqa: ANN401
    try:
        return normalised(signature, completion)
    except ValueError as error:
        raise AdapterParseError(
            adapter_name=type(adapter).__name__,
            signature=signature,  # type: ignore[arg-type] - the class, as DSPy itself passes
            lm_response=completion,
            message=str(error),
        ) from error


def _rendered(value: Any) -> str:  # noqa: ANN401 - any value of a field
    """Texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else to_json(value).decode()
