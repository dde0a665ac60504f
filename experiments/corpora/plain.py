"""Conversations as JSON in the fields of `Conversation`: what a converter of own data writes."""

from typing import Any

from esc_skills.signatures.dialogue import Conversation, Turn

from .readers import FileReader


def is_plain(record: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record has the fields of `Conversation` and no others."""
    return (
        isinstance(record, dict)
        and {"turns"} <= set(record) <= set(Conversation.model_fields)
        and isinstance(turns := record["turns"], list)
        and all(isinstance(t, dict) and set(t) <= set(Turn.model_fields) for t in turns)
        and any(t.get("speaker") in ("seeker", "supporter") for t in turns)
    )


class PlainReader(FileReader):
    """Reads records with `turns` (each `speaker` and `text`), `outcome`, and what else is known."""

    schema = (
        'the plain schema, {"outcome": "success", "turns": [{"speaker": "seeker", "text": "..."}, '
        '{"speaker": "supporter", "text": "..."}, ...]}'
    )

    def conversation(self, record: Any, name: str) -> Conversation:  # noqa: ANN401 - any JSON value
        """The record as it stands; its `id` is set to the file's name and the record's number.

        Raises:
            ValueError: A field is missing, unknown or not valid.
        """
        if not isinstance(record, dict):
            raise ValueError("must be an object with 'turns'")
        return Conversation.model_validate({**record, "id": name})
