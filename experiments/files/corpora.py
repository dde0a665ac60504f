"""Corpora of real support conversations, as a stream.

A record that is broken is skipped and reported; a file of which nothing can be read is an error.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem
from .readers import READERS, Reader


class Skipped(Frozen):
    """A record that could not be read."""

    file: str
    record: int
    why: str


class ReadReport:
    """What was read of each file, and what was skipped and why; filled while reading."""

    def __init__(self) -> None:
        self.read: dict[str, int] = {}
        self.skipped: list[Skipped] = []


def read_conversations(
    paths: Sequence[Path], report: ReadReport, reader: str = "esconv"
) -> Iterator[Conversation]:
    """The conversations of some files, one at a time.

    Args:
        paths: The files.
        report: Filled on the way.
        reader: How they are understood: a name in `READERS`, or `module:Name`.

    Raises:
        UserError: A file is missing, broken or empty, or none of its records has the schema.
        PluginError: There is no such reader, or it cannot be used.
    """
    repeated = sorted(str(path) for path in set(paths) if list(paths).count(path) > 1)
    if repeated:
        raise UserError(
            f"a corpus file must be named once, but {repeated[0]} is named more often. "
            "Its evidence would count twice; name it once."
        )
    names, reading = _names(paths), READERS[reader]()
    for path in paths:
        report.read[str(path)] = 0
        for number, record in reading.records(path):
            found = _conversation(reading, record, f"{names[path]}#{number}")
            if isinstance(found, str):
                report.skipped.append(Skipped(file=str(path), record=number, why=found))
                continue
            report.read[str(path)] += 1
            yield found
        if not report.read[str(path)]:
            last = report.skipped[-1] if report.skipped else None
            why = f"record {last.record}: {last.why}" if last else "it has none"
            raise UserError(
                f"{path} must hold conversations in {reading.schema}, but none of its records "
                f"has it; {why}."
            )


def _conversation(reader: Reader, record: Any, name: str) -> Conversation | str:  # noqa: ANN401
    """The conversation, or why the record is none."""
    if isinstance(record, ValueError):
        return f"must be JSON, but is not ({record})"
    try:
        return reader.conversation(record, name)
    except ValidationError as error:
        return first_problem(error)
    except ValueError as error:
        return str(error)


def _names(paths: Sequence[Path]) -> dict[Path, str]:
    """What files are called in conversation ids: the name, or the path where names repeat."""
    short = [path.name for path in paths]
    return {path: path.name if short.count(path.name) == 1 else str(path) for path in paths}
