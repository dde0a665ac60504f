"""Converts the text of an answer to the type of its field, or says why it cannot.

The form may be repaired, the meaning never: a whole number is read as it stands or refused.
"""

import re
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from . import headers
from .json_text import containers, is_json, parsed, python_value, unfenced
from .notes import Fault, Notes, shown
from .scalars import is_empty, label, number, plain_text, truth, valid_name, whole

_BULLET = re.compile(r"^[ \t]*(?:[-*\u2022]|\d{1,2}[.)])[ \t]+", re.MULTILINE)
_TAG_NAMES = ("type", "action", "op", "operation", "edit")
"""What models call the key that says which kind of record it is."""
_NEVER_INFERRED = frozenset({"remove"})
"""Kinds that a record without a kind is never taken for: what is left out might be the rest."""


def coerced(
    value: Any,  # noqa: ANN401 - any JSON value
    kind: Any,  # noqa: ANN401 - any annotation
    place: str,
    notes: Notes,
    rules: Sequence[Any] = (),
) -> Any:  # noqa: ANN401 - a value of the annotation
    """The value as its annotation wants it, not validated yet.

    Args:
        value: What was found.
        kind: The annotation.
        place: The name of the field, for faults.
        notes: Takes what was put right.
        rules: Metadata of the annotation, such as a pattern.

    Raises:
        Fault: It cannot be read in one way only.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return coerced(value, inner[0], place, notes, inner[1:])
    if origin in (Union, UnionType):
        return _one_of(value, inner, place, notes, rules)
    if origin is Literal:
        return label(value, inner, place, notes)
    if origin in (list, tuple):
        return _members(value, inner[0], place, notes, rules)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return record(value, kind, place, notes)
    simple = {bool: truth, int: whole, float: number}.get(kind)
    if simple is not None:
        return simple(value, place, notes)
    if kind is str:
        text = plain_text(value, place, notes)
        return valid_name(text, rules, place, notes)
    return value


def validated(value: Any, kind: Any, place: str) -> Any:  # noqa: ANN401
    """The value, if it keeps the bounds of its annotation.

    Raises:
        Fault: It does not; names the field, the bound and the value.
    """
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise Fault(_told(error, place)) from error


def record(
    value: Any,  # noqa: ANN401
    model: type[BaseModel],
    place: str,
    notes: Notes,
    around: Mapping[str, Any] | None = None,
) -> BaseModel:
    """A record from an object, from text that holds one, or from titled lines.

    Args:
        value: What was found.
        model: The record's type.
        place: The name of the field.
        notes: Takes what was put right.
        around: Entries that stand beside the record and that nobody claimed.

    Raises:
        Fault: An entry is missing, or cannot be read in one way only.
    """
    if isinstance(value, model):
        return value
    fields = model.model_fields
    entries = _spelt_right(_object(value, model, place, notes), fields, notes)
    unknown = {key: entry for key, entry in entries.items() if key not in fields}
    if unknown:
        notes.repaired("unknown key")
    spare = {**(around or {}), **unknown}
    given: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in entries:
            if field.is_required():
                given[name] = _from_around(field, name, notes, spare)
        elif entries[name] is None and not field.is_required():
            notes.repaired("null")
        else:
            given |= _entry(entries[name], field, name, notes, spare)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Fault(_told(error, place)) from error


def _spelt_right(
    found: Mapping[str, Any], fields: Mapping[str, Any], notes: Notes
) -> dict[str, Any]:
    """The entries under the names of the fields that their keys mean.

    Raises:
        Fault: Two keys mean one field and differ.
    """
    entries: dict[str, Any] = {}
    for key, entry in found.items():
        name = _field_named(key, fields) or key
        if name != key:
            notes.repaired("key")
        if name in entries and entries[name] != entry:
            raise Fault(
                f"{name} stands twice, as {shown(entries[name], 40)} and {shown(entry, 40)}"
            )
        entries[name] = entry
    return entries


def has_shape(value: Any, model: type[BaseModel]) -> bool:  # noqa: ANN401
    """Whether an object has an entry of the record."""
    return isinstance(value, dict) and any(_field_named(k, model.model_fields) for k in value)


def _entry(
    value: Any,  # noqa: ANN401
    field: FieldInfo,
    name: str,
    notes: Notes,
    spare: Mapping[str, Any],
) -> dict[str, Any]:
    """An entry by its name; nothing for a list that may be left out and has no valid member."""
    kind = field.annotation
    if kind is str and "empty" in (field.description or "") and is_empty(value):
        return {name: ""}
    if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, dict):
        return {name: record(value, kind, name, notes, spare)}
    try:
        return {name: coerced(value, kind, name, notes, field.metadata)}
    except Fault as fault:
        if field.is_required() or get_origin(kind) not in (list, tuple):
            raise
        notes.dropped.append(f"{name}: {fault}")
        return {}


def _from_around(field: FieldInfo, name: str, notes: Notes, spare: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """An entry that is missing in its place and stands one level higher."""
    if name in spare:
        notes.repaired("level")
        return coerced(spare[name], field.annotation, name, notes, field.metadata)
    kind = field.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel) and has_shape(dict(spare), kind):
        notes.repaired("level")
        return record(dict(spare), kind, name, notes)
    raise Fault(f"{name} is missing")


def _one_of(
    value: Any,  # noqa: ANN401
    kinds: Sequence[Any],
    place: str,
    notes: Notes,
    rules: Sequence[Any],
) -> Any:  # noqa: ANN401
    if type(None) in kinds and is_empty(value):
        if value is not None:
            notes.repaired("null")
        return None
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) == 1:
        return coerced(value, others[0], place, notes, rules)
    return _variant(value, others, place, notes)


def _variant(value: Any, models: Sequence[type[BaseModel]], place: str, notes: Notes) -> BaseModel:  # noqa: ANN401
    """One of several records that are told apart by their `kind`."""
    by_kind = {model.model_fields["kind"].default: model for model in models}
    value = _object(value, models[0], place, notes)
    named = next((value[k] for k in ("kind", *_TAG_NAMES) if isinstance(value.get(k), str)), None)
    if named is not None:
        if "kind" not in value:
            notes.repaired("key")
        kind = label(named, tuple(by_kind), "kind", notes)
        return record({**value, "kind": kind}, by_kind[kind], place, notes)
    if len(value) == 1 and isinstance(inside := next(iter(value.values())), dict):
        kind = label(next(iter(value)), tuple(by_kind), "kind", notes)
        notes.repaired("level")
        return record({**inside, "kind": kind}, by_kind[kind], place, notes)
    return _inferred(value, by_kind, place, notes)


def _inferred(
    value: Mapping[str, Any], by_kind: Mapping[str, type[BaseModel]], place: str, notes: Notes
) -> BaseModel:
    """The record without a kind, if it can be of one kind only and has all that it needs."""
    fitting: list[BaseModel] = []
    for kind, model in by_kind.items():
        known = {*model.model_fields}
        if kind in _NEVER_INFERRED or not {*value} <= known:
            continue
        try:
            fitting.append(record(dict(value), model, place, Notes()))
        except Fault:
            continue
    if len(fitting) != 1:
        raise Fault(f"kind is missing; it must be one of {', '.join(by_kind)}")
    notes.repaired("kind")
    return fitting[0]


def _members(
    value: Any,  # noqa: ANN401
    kind: Any,  # noqa: ANN401
    place: str,
    notes: Notes,
    rules: Sequence[Any],
) -> list[Any]:
    """The valid members of a list; the others are noted."""
    texts = _base(kind) is str
    found = _listed(value, texts, place, notes)
    kept: list[Any] = []
    first: Fault | None = None
    for number_, member in enumerate(found, start=1):
        try:
            kept.append(validated(coerced(member, kind, place, notes), kind, place))
        except Fault as fault:
            first = first or fault
            notes.dropped.append(f"{place} {number_}: {fault}")
    if found and not kept and first is not None:
        raise Fault(f"no entry of {place} can be used; in the first, {first}")
    most = next((rule.max_length for rule in rules if hasattr(rule, "max_length")), None)
    if texts and most is not None and len(kept) > most:
        notes.dropped += [f"{place} {n}: one too many" for n in range(most + 1, len(kept) + 1)]
        kept = kept[:most]
    return kept


def _base(kind: Any) -> Any:  # noqa: ANN401
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _listed(value: Any, texts: bool, place: str, notes: Notes) -> list[Any]:  # noqa: ANN401
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


def _object(value: Any, model: type[BaseModel], place: str, notes: Notes) -> dict[str, Any]:  # noqa: ANN401
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


def _field_named(key: str, fields: Mapping[str, Any]) -> str | None:
    """The field that a key means, however it is spelt: `Goal Fit`, `goalFit`, `goal-fit`."""
    if key in fields:
        return key
    wanted = re.sub(r"[^a-z0-9]", "", key.lower())
    return next((name for name in fields if name.replace("_", "") == wanted), None)


def _told(error: ValidationError, place: str) -> str:
    """The first problem as a clause."""
    problem = error.errors()[0]
    names = [str(part) for part in problem["loc"]] or [place]
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"{'.'.join(names)}: {message}, but is {shown(problem['input'])}"
