"""The base of every domain type: immutable, strict about unknown fields, hashable by content."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable record; an unknown field is an error, so that typos are found."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other values, which keeps nothing that was derived from the old ones."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            vars(copy).pop(name)
        return copy

    def __getstate__(self) -> dict[Any, Any]:
        """What is pickled: the record, and nothing that was derived from it."""
        state = super().__getstate__()
        fields = type(self).model_fields
        own = {name: value for name, value in self.__dict__.items() if name in fields}
        return {**state, "__dict__": own}


def content_hash(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Sixteen hex digits that identify a JSON value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()
