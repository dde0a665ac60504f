"""Strict reading of whole numbers in a model's answer, before anything tries to repair its JSON.

A repaired number is a guessed one: `-5` with a Unicode minus would lose its sign, and of "-5 to +5"
only the first half would stay. Here such an answer is normalised or refused, never guessed at.
"""

import re
from functools import lru_cache, partial
from typing import Any, get_args

import dspy
from pydantic import BaseModel

_SIGNS = str.maketrans({"\u2212": "-", "\uff0d": "-", "\u2013": "-", "\uff0b": "+"})
_WHOLE = re.compile(r"[+-]?\d+")


def normalised(signature: type[dspy.Signature], completion: str) -> str:
    """The answer with every whole number of the signature's typed outputs in plain digits.

    Raises:
        ValueError: A field that must be a whole number holds anything else, as a range, a fraction
            or words; names field and value.
    """
    for name in _names(signature):  # pyright: ignore[reportArgumentType] - a class has a hash
        key = rf'"{name}"|(?<=[{{,])\s*\'?{name}\'?'
        pattern = rf'((?:{key})\s*:\s*)("[^"\n]*"|[^,}}\]\n]*)'
        completion = re.sub(pattern, partial(_in_digits, name), completion)
    return completion


def _in_digits(name: str, place: re.Match[str]) -> str:
    key, value = place.groups()
    found = value.strip().strip('"').strip().translate(_SIGNS)
    if not _WHOLE.fullmatch(found):
        raise ValueError(f"{name} must be one whole number, but is {value.strip()!r}")
    return f"{key}{int(found)}"


@lru_cache(maxsize=256)
def _names(signature: type[dspy.Signature]) -> tuple[str, ...]:
    """Names of the fields that must be whole numbers, wherever they stand in the outputs."""
    found: set[str] = set()
    for field in signature.output_fields.values():
        _collect(field.annotation, found, set())
    return tuple(sorted(found))


def _collect(annotation: Any, found: set[str], seen: set[Any]) -> None:  # noqa: ANN401 - any type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return
        seen.add(annotation)
        for name, field in annotation.model_fields.items():
            if field.annotation is int:
                found.add(name)
            _collect(field.annotation, found, seen)
    for inner in get_args(annotation):
        _collect(inner, found, seen)
