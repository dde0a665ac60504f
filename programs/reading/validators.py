"""Validators of the annotations of fields, each built once."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter


@cache
def validator(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any annotation
    """The validator of an annotation."""
    return TypeAdapter(kind)
