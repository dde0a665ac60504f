"""Reads the answer to a stage: one way for every stage, model and prompt format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dspy
from pydantic import BaseModel

from . import headers
from .coercion import coerced, validated
from .json_text import containers, parsed, unfenced
from .notes import Fault, Notes
from .spoken import spoken
from .structures import has_shape
from .thoughts import without_thoughts

_OTHER_NAMES = ("response", "answer", "reply", "message", "text", "content", "output")
"""What models call the only text that they were asked for."""


@dataclass(frozen=True)
class Reading:
    """An answer that could be read."""

    values: Mapping[str, Any]
    """The typed outputs."""
    notes: Notes


def read(signature: type[dspy.Signature], completion: str) -> Reading:
    """Read the answer to a stage.

    Args:
        signature: What was asked.
        completion: The model's text.

    Raises:
        Fault: A field is missing, or does not say one thing only; says which and what is wrong.
    """
    notes = Notes()
    text = without_thoughts(completion, notes)
    if not text:
        raise Fault("the answer is empty")
    found = _raw_fields(signature, text, notes)
    values: dict[str, Any] = {}
    for name, field in signature.output_fields.items():
        if name not in found:
            if field.is_required():
                raise Fault(f"the field {name} is missing")
            values[name] = field.get_default(call_default_factory=True)
            notes.repaired("left out")
            continue
        kind = field.annotation
        value = coerced(found[name], kind, name, notes, field.metadata)
        values[name] = validated(spoken(value, notes) if kind is str else value, kind, name)
    return Reading(values, notes)


def _raw_fields(signature: type[dspy.Signature], text: str, notes: Notes) -> dict[str, Any]:
    """What stands for each output, by the form that names all of them; else by the fullest one."""
    outputs = signature.output_fields
    required = [name for name, field in outputs.items() if field.is_required()]
    names = {**signature.input_fields, **outputs}
    marked = headers.last_answer(headers.marked(text, names), outputs, required)
    if set(required) <= set(marked):
        if "[[ ##" not in text:
            notes.repaired("header")
        return dict(marked)
    in_json = _json_fields(signature, text, notes)
    if in_json is not None and set(required) <= set(in_json):
        return in_json
    for form in (headers.tagged, headers.titled):
        sections = headers.last_answer(form(text, names), outputs, required)
        if set(required) <= set(sections):
            notes.repaired("header")
            return dict(sections)
    if len(outputs) == 1:
        name, field = next(iter(outputs.items()))
        if not marked and _may_stand_alone(field.annotation, text):
            notes.repaired("header")
            return {name: text}
    return {**(in_json or {}), **marked}


def _json_fields(signature: type[dspy.Signature], text: str, notes: Notes) -> dict[str, Any] | None:
    """The outputs from JSON with the fields as keys, or with the only field's own content."""
    outputs = signature.output_fields
    plain = unfenced(text, notes)
    names = {_key(name): name for name in outputs}
    for container in reversed(list(containers(plain))):
        if not container.whole:
            continue
        try:
            value = parsed(container.plain, Notes())
        except Fault:
            continue
        if isinstance(value, dict) and any(_key(key) in names for key in value):
            named = {names[_key(key)]: v for key, v in value.items() if _key(key) in names}
            if len(outputs) == 1 and _is_content(value, outputs):
                break
            if len(named) < len(value):
                notes.repaired("unknown key")
            notes.repaired("header")
            return named
        words = _only_words(value, outputs)
        if words is not None:
            notes.repaired("header")
            return words
    return None


def _only_words(value: Any, outputs: Mapping[str, Any]) -> dict[str, str] | None:  # noqa: ANN401
    """The only text output from an object that holds it by another name, as `response`."""
    if len(outputs) != 1 or not isinstance(value, dict):
        return None
    name, field = next(iter(outputs.items()))
    given = {key: text for key, text in value.items() if key != "role"}
    if field.annotation is str and len(given) == 1:
        key, text = next(iter(given.items()))
        if key.lower() in _OTHER_NAMES and isinstance(text, str):
            return {name: text}
    return None


def _is_content(value: Mapping[str, Any], outputs: Mapping[str, Any]) -> bool:
    """Whether an object is the only field's content and not its wrapper, though a key is alike."""
    kind = next(iter(outputs.values())).annotation
    return (
        isinstance(kind, type)
        and issubclass(kind, BaseModel)
        and sum(has_shape({key: None}, kind) for key in value) > 1
    )


def _may_stand_alone(kind: Any, text: str) -> bool:  # noqa: ANN401 - any annotation
    """Whether a text without a header can be the only output."""
    if kind is str:
        return not re.match(r'\[\[|[{\[]\s*["\'{]|"\w+"\s*:', text)
    return True


def _key(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())
