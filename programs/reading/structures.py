"""Finds the list or the object of an answer: in its text, wrapped, or after drafts of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from . import headers
from .json_text import containers, is_json, parsed, python_value, unfenced
from .notes import Fault, Notes, shown
from .scalars import is_empty

_BULLET = re.compile(r"^[ \t]*(?:[-*\u2022]|\d{1,2}[.)])[ \t]+", re.MULTILINE)


def has_shape(value: Any, model: type[BaseModel]) -> bool:  # noqa: ANN401
    """Whether an object has an entry of the record."""
    return isinstance(value, dict) and any(field_named(k, model.model_fields) for k in value)


def members_of(value: Any, texts: bool, place: str, notes: Notes) -> list[Any]:  # noqa: ANN401
    """The members, from a list, from an object that wraps or is one, or from text."""
    if isinstance(value, list | tuple):
        return list(value)
    if is_empty(value):
        notes.repaired("null")
        return []
    if isinstance(value, dict):
        notes.repaired("list")
        inner = [entry for entry in value.values() if isinstance(entry, list)]
        return inner[0] if len(value) == 1 and inner else [value]
    if texts:
        notes.repaired("list")
        lines = _BULLET.split(str(value))
        return [line.strip() for line in lines if line.strip()]
    return _list_in(str(value), place, notes)


def _list_in(text: str, place: str, notes: Notes) -> list[Any]:
    """The members of the last list in a text; of a list that was cut off, those that are whole."""
    text = unfenced(text, notes)
    found = list(containers(text))
    if found and not found[-1].whole and text[found[-1].start] == "[":
        members = [
            parsed(c.plain, notes) for c in containers(text[found[-1].start + 1 :]) if c.whole
        ]
        if not members:
            raise Fault(f"{place} is cut off before its first entry ends")
        notes.dropped.append(f"{place} {len(members) + 1}: cut off")
        return members
    notes.dropped += [f"{place}: cut off" for c in found if not c.whole]
    values = [parsed(c.plain, notes) for c in found if c.whole]
    lists = [v for v in values if isinstance(v, list) and all(isinstance(m, dict) for m in v)]
    if lists:
        return lists[-1]
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        return _listed_objects(objects, notes)
    value = python_value(text, notes)
    if isinstance(value, list):
        return value
    raise Fault(f"{place} must be a JSON list, but is {shown(text)}")


def _listed_objects(values: list[Any], notes: Notes) -> list[Any]:
    """Objects that stand one after the other, or one that wraps a list."""
    notes.repaired("list")
    if len(values) == 1:
        inner = [entry for entry in values[0].values() if isinstance(entry, list)]
        return inner[0] if len(values[0]) == 1 and inner else values
    return values


def object_of(value: Any, model: type[BaseModel], place: str, notes: Notes) -> dict[str, Any]:  # noqa: ANN401
    """The object that a value is, holds, or wraps."""
    if isinstance(value, str):
        value = _object_in(value, model, place, notes)
    if isinstance(value, list) and len(value) == 1:
        notes.repaired("list")
        value = value[0]
    if not isinstance(value, dict):
        raise Fault(f"{place} must be a JSON object, but is {shown(value)}")
    if not has_shape(value, model) and len(value) == 1:
        inner = next(iter(value.values()))
        if has_shape(inner, model):
            notes.repaired("level")
            return inner
    return value


def _object_in(text: str, model: type[BaseModel], place: str, notes: Notes) -> Any:  # noqa: ANN401
    """The last object in a text that has entries of the record; drafts before it are passed over.

    Raises:
        Fault: The last one is cut off, or there is none.
    """
    text = unfenced(text, notes)
    value = None if is_json(text) else python_value(text, notes)
    if value is not None:
        return value
    found = list(containers(text))
    if found and not found[-1].whole:
        raise Fault(f"{place} is cut off before its end, or its brackets do not match")
    values = [parsed(c.plain, notes) for c in found]
    fitting = [value for value in values if _holds(value, model)]
    if fitting:
        _must_not_be_revised(text[text.rfind("}") + 1 :], model)
        _must_not_differ(fitting, model)
        if len(values) > 1 or text.strip()[:1] not in "{[" or text.strip()[-1:] not in "}]":
            notes.repaired("words around")
        return fitting[-1]
    lines = headers.last_answer(
        headers.titled(text, model.model_fields), model.model_fields, _required(model)
    )
    if lines:
        notes.repaired("titled lines")
        return lines
    raise Fault(f"{place} must be a JSON object, but is {shown(text)}")


def _must_not_differ(values: Sequence[Any], model: type[BaseModel]) -> None:
    """See to it that objects under one header do not give one number two values.

    Raises:
        Fault: They do.
    """
    for name, field in model.model_fields.items():
        given = {str(v[name]) for v in values if isinstance(v, dict) and name in v}
        if field.annotation is int and len(given) > 1:
            raise Fault(f"{name} stands twice, as {' and '.join(sorted(given))}")


def _must_not_be_revised(behind: str, model: type[BaseModel]) -> None:
    """See to it that no other number stands behind the object, as in `Actually, change is -3`.

    Raises:
        Fault: One may.
    """
    numbers = [name for name, field in model.model_fields.items() if field.annotation is int]
    for name in numbers:
        if re.search(r"\d", behind) and re.search(rf"\b{name}\b|actually", behind, re.IGNORECASE):
            raise Fault(f"{name} may stand twice: behind the object stands {shown(behind.strip())}")


def _holds(value: Any, model: type[BaseModel]) -> bool:  # noqa: ANN401
    """Whether a value is the record's object, or wraps it."""
    if isinstance(value, list):
        return len(value) == 1 and _holds(value[0], model)
    if has_shape(value, model):
        return True
    return (
        isinstance(value, dict) and len(value) == 1 and has_shape(next(iter(value.values())), model)
    )


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]


def field_named(key: str, fields: Mapping[str, Any]) -> str | None:
    """The field that a key means, however it is spelt: `Goal Fit`, `goalFit`, `goal-fit`."""
    if key in fields:
        return key
    wanted = re.sub(r"[^a-z0-9]", "", key.lower())
    return next((name for name in fields if name.replace("_", "") == wanted), None)
