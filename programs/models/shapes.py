"""Describes the format of an answer to a model: short, in order of definition, every key explained.

DSPy shows a JSON schema whose properties are sorted by name, so that a number may stand before the
reasons for it; and a schema takes three to four times the tokens of the form that it describes.
"""

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from esc_skills.signatures.wording import worded

_SIMPLE = {str: "text", bool: "true or false", int: "whole number", float: "number"}
_INDENT = "  "
_WORTH_SAYING = 1000
"""Characters from which a limit is not named: what a stage says of length is far below it."""


def demanded(kind: Any) -> str:  # noqa: ANN401
    """What an output must be, in a few words; empty for plain text."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return demanded(inner[0])
    if kind is str:
        return ""
    if kind is bool:
        return "True or False"
    if origin is Literal:
        return "exactly one of: " + "; ".join(map(str, inner))
    if origin in (list, tuple):
        return "a JSON list"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "a JSON object"
    return f"one {_SIMPLE[kind]}" if kind in _SIMPLE else "JSON"


def form(kind: Any) -> str:  # noqa: ANN401
    """The form of a JSON output, over several lines; empty where `demanded` says it all."""
    origin, inner = get_origin(kind), get_args(kind)
    seen: dict[type[BaseModel], str] = {}
    if origin in (list, tuple):
        return f"[\n{_entries(inner[0], seen)}\n]"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _object(kind, "", seen)
    return ""


def _entries(kind: Any, seen: dict[type[BaseModel], str]) -> str:  # noqa: ANN401
    """The entries of a list: one form, or one for each kind that an entry can be of."""
    models = _models(kind)
    if not models:
        return f"{_INDENT}{_value(kind, (), _INDENT, seen)}, ..."
    forms = [f"{_INDENT}{_object(model, _INDENT, seen)}" for model in models]
    return (f"\n{_INDENT}or\n".join(forms)) + f"\n{_INDENT}, ..."


def _models(kind: Any) -> list[type[BaseModel]]:  # noqa: ANN401
    if get_origin(kind) is Annotated:
        return _models(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [model for one in get_args(kind) for model in _models(one)]
    return [kind] if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _object(model: type[BaseModel], indent: str, seen: dict[type[BaseModel], str]) -> str:
    if model in seen:
        return f"{{the keys of {seen[model]} above}}"
    inner = indent + _INDENT
    lines = [_line(name, field, inner, seen) for name, field in model.model_fields.items()]
    return "{\n" + "\n".join(lines) + f"\n{indent}}}"


def _line(name: str, field: FieldInfo, indent: str, seen: dict[type[BaseModel], str]) -> str:
    value = _value(field.annotation, field.metadata, indent, seen)
    for model in _models(field.annotation):
        seen.setdefault(model, f'"{name}"')
    comment = f"  // {worded(field.description)}" if field.description else ""
    return f'{indent}"{name}": {value},{comment}'


def _value(
    kind: Any,  # noqa: ANN401
    rules: Sequence[Any],
    indent: str,
    seen: dict[type[BaseModel], str],
) -> str:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _value(inner[0], inner[1:], indent, seen)
    if origin in (Union, UnionType):
        kinds = [k for k in inner if k is not type(None)]
        between = " | " if all(get_origin(one) is Literal for one in kinds) else " or "
        values = [_value(one, rules, indent, seen) for one in kinds]
        return between.join(values) + " or null" * (len(kinds) < len(inner))
    if origin is Literal:
        return " | ".join(f'"{one}"' for one in inner)
    if origin in (list, tuple):
        return f"[{_value(inner[0], (), indent, seen)}, ...]{_counted(rules)}"
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _object(kind, indent, seen)
    if kind is str:
        return _text(rules)
    return _SIMPLE.get(kind, "value") + _bounds(rules)


def _text(rules: Sequence[Any]) -> str:
    if _rule(rules, "pattern"):
        return "lower-case-words-with-hyphens"
    most = _rule(rules, "max_length")
    return f"text, at most {most} characters" if most and most < _WORTH_SAYING else "text"


def _counted(rules: Sequence[Any]) -> str:
    least, most = _rule(rules, "min_length"), _rule(rules, "max_length")
    parts = [f"at least {least}"] if least else []
    parts += [f"at most {most}"] if most else []
    return f" ({', '.join(parts)})" if parts else ""


def _bounds(rules: Sequence[Any]) -> str:
    least, most = _rule(rules, "ge"), _rule(rules, "le")
    if least is not None and most is not None:
        return f" from {least:g} to {most:g}"
    return "" if least is None else f", at least {least:g}"


def _rule(rules: Sequence[Any], name: str) -> Any:  # noqa: ANN401 - a bound
    found = (getattr(rule, name, None) for rule in rules)
    return next((value for value in found if value is not None), None)
