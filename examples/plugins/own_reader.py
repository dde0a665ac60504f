"""A corpus reader: conversations from a CSV file."""

import csv
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from esc_skills.signatures import Conversation


class CsvReader:
    """Rows with the columns talk, speaker and text; each talk went well."""

    schema = "CSV with the columns talk, speaker and text"

    def records(self, path: Path) -> Iterator[tuple[int, Any]]:
        """The number and the rows of each talk."""
        with path.open(newline="") as file:
            talks = groupby(csv.DictReader(file), key=lambda row: row["talk"])
            for number, (_, rows) in enumerate(talks, start=1):
                yield number, list(rows)

    def conversation(self, record: Any, name: str) -> Conversation:  # noqa: ANN401 - any record
        """One talk as a conversation."""
        if not isinstance(record, list) or not record:
            raise ValueError("must be rows of one talk")
        turns = [{"speaker": row["speaker"], "text": row["text"]} for row in record]
        data = {"id": name, "outcome": "success", "turns": turns}
        return Conversation.model_validate(data)
