"""Conversations as JSON in the fields of `Conversation`: what a converter of own data writes."""

from typing import Any

from esc_skills.signatures.dialogue import Conversation

from .readers import JsonReader


class PlainReader(JsonReader):
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
