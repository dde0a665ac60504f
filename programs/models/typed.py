"""Fields of a stage as prompts need them: values of their types, and what they hold in words."""

from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from esc_skills.signatures.wording import worded

from ..reading.validators import validator


def typed(value: Any, kind: Any) -> Any:  # noqa: ANN401 - any value of any annotation
    """A value as its annotation has it: saved demonstrations hold plain JSON.

    What is not of the type is returned as it is, for a person to see.
    """
    try:
        return validator(kind).validate_python(value)
    except ValidationError:
        return value


def described(name: str, field: FieldInfo) -> str:
    """What a field holds, in words."""
    extra = field.json_schema_extra
    text = str(extra.get("desc") or "") if isinstance(extra, dict) else ""
    return name if text in ("", f"${{{name}}}") else worded(text)
