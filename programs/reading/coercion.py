"""Converts the text of an answer to the type of its field, or says why it cannot.

The form may be repaired, the meaning never: a whole number is read as it stands or refused.
"""

from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
)

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from .notes import Fault, Notes, shown
from .scalars import is_empty, label, number, plain_text, truth, valid_name, whole
from .structures import field_named, has_shape, members_of, object_of
from .validators import validator

_COMPLETED = "completed"
"""Name of a class method of records that know what models write instead of what is asked for: from
the given entries it makes those under the right names."""


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
        return validator(kind).validate_python(value)
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
    entries = _spelt_right(object_of(value, model, place, notes), fields, notes)
    complete: Callable[[Mapping[str, Any]], dict[str, Any]] | None = getattr(
        model, _COMPLETED, None
    )
    if complete is not None:
        told = set(entries)
        entries = complete(entries)
        if not set(entries) <= told:
            notes.repaired("entries")
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
        name = field_named(key, fields) or key
        if name != key:
            notes.repaired("key")
        if name in entries and entries[name] != entry:
            raise Fault(
                f"{name} stands twice, as {shown(entries[name], 40)} and {shown(entry, 40)}"
            )
        entries[name] = entry
    return entries


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
    if all(get_origin(kind) is Literal for kind in others):
        return label(value, [one for kind in others for one in get_args(kind)], place, notes)
    return value


def _members(
    value: Any,  # noqa: ANN401
    kind: Any,  # noqa: ANN401
    place: str,
    notes: Notes,
    rules: Sequence[Any],
) -> list[Any]:
    """The valid members of a list; the others are noted."""
    texts = _base(kind) is str
    found = members_of(value, texts, place, notes)
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


def _told(error: ValidationError, place: str) -> str:
    """The first problem as a clause."""
    problem = error.errors()[0]
    names = [str(part) for part in problem["loc"]] or [place]
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    return f"{'.'.join(names)}: {message}, but is {shown(problem['input'])}"
