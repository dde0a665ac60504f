"""JSON schemas of answers: small, in order of definition, and within every provider's strict mode.

Strict modes want each property required, no other properties, and neither unions of records nor
most keywords (OpenAI, structured outputs, supported schemas). Bounds and descriptions stand in the
prompt, and the reader holds answers to them.
"""

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import dspy
from pydantic import BaseModel

_SIMPLE = {str: "string", bool: "boolean", int: "integer", float: "number"}
ANSWER = "answer"
"""Name of the schema, and of the tool that takes it."""


class NotStrict(TypeError):
    """A type has no strict schema: a mapping with free keys, a union, or any value."""


def answer_schema(signature: type[dspy.Signature]) -> dict[str, Any] | None:
    """The schema of a stage's answer; None where a type of it has no strict one."""
    try:
        return _object({n: field.annotation for n, field in signature.output_fields.items()})
    except NotStrict:
        return None


def _object(kinds: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _schema(kind) for name, kind in kinds.items()},
        "required": list(kinds),
        "additionalProperties": False,
    }


def _schema(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - any annotation
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _schema(inner[0])
    if kind in _SIMPLE:
        return {"type": _SIMPLE[kind]}
    if origin is Literal:
        return {"type": "string", "enum": list(inner)}
    if origin in (list, tuple):
        return {"type": "array", "items": _schema(inner[0])}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _object({name: field.annotation for name, field in kind.model_fields.items()})
    if origin in (Union, UnionType):
        return _one_of(inner)
    raise NotStrict(f"{kind} has no strict schema")


def _one_of(kinds: tuple[Any, ...]) -> dict[str, Any]:
    """Literals as one enumeration; a value that may be missing as that value or null."""
    others = [kind for kind in kinds if kind is not type(None)]
    if all(get_origin(kind) is Literal for kind in others):
        schema = {"type": "string", "enum": [one for kind in others for one in get_args(kind)]}
    elif len(others) == 1:
        schema = _schema(others[0])
    else:
        raise NotStrict(f"a union of {kinds} has no strict schema")
    missing = len(others) < len(kinds)
    return {"anyOf": [schema, {"type": "null"}]} if missing else schema
