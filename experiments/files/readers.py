"""Readers of corpora, by name: how a file of real conversations is understood.

To bring your own, write a class with the members of `Reader`, of which instances are made without
arguments, and name it as `module:Class`. For JSON files, derive from `JsonReader` and write
`conversation` alone.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from esc_skills.programs.registry import Registry

if TYPE_CHECKING:
    from esc_skills.signatures.dialogue import Conversation


class Reader(Protocol):
    """Reads one kind of corpus file."""

    schema: str
    """Name of its schema, perhaps with an example, for the sentence that refuses another file."""

    def records(self, path: Path) -> Iterator[tuple[int, Any]]:
        """The file's records, one at a time, each with its number, which the user may look up.

        Raises:
            UserError: The file cannot be read.
        """
        ...

    def conversation(self, record: Any, name: str) -> "Conversation":  # noqa: ANN401
        """A record as a conversation with the id `name`.

        Raises:
            ValueError: The record is no conversation; says why, and the record is skipped.
        """
        ...


class JsonReader(ABC):
    """Reads JSON records: an array, or one a line (`.jsonl`), plain or gzipped; or dataset rows.

    A dataset is `hf:NAME[:SPLIT]` on the Hugging Face Hub, a folder, or a `.parquet` or `.csv`.
    """

    schema: str

    def records(self, path: Path) -> Iterator[tuple[int, Any]]:
        """See `read_records` and `read_rows`."""
        from .dataset_rows import is_dataset, read_rows
        from .record_files import read_records

        return read_rows(path) if is_dataset(path) else read_records(path)

    @abstractmethod
    def conversation(self, record: Any, name: str) -> "Conversation":  # noqa: ANN401
        """See `Reader`."""


READERS: "Registry[Callable[[], Reader]]" = Registry(
    "reader",
    {
        "esconv": "esc_skills.experiments.files.esconv:EsconvReader",
        "plain": "esc_skills.experiments.files.plain_corpus:PlainReader",
    },
    requires=("schema", "records", "conversation"),
)
"""Classes of readers, made without arguments."""
