"""Tables of utterances: CSV, TSV and Parquet with one turn a row, or a question with its answer.

Columns are told by their names, then by their contents; `Hints.columns` names them by hand.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..files.text_files import open_text
from .hints import Hints
from .questions import ANSWER_KEYS, QUESTION_KEYS
from .speakers import known_name

MEANINGS = ("conversation", "speaker", "text", "question", "answer", "title")
"""What a column may hold, as `--columns MEANING=NAME` says it."""
NAMES: Mapping[str, tuple[str, ...]] = {
    "conversation": (
        "conversation_id", "conversation", "conv_id", "dialogue_id", "dialog_id", "dialogue",
        "transcript_id", "session_id", "session", "chat_id", "case_id", "thread_id", "call_id",
        "\u5bf9\u8bdd", "\u4f1a\u8bdd",
    ),
    "speaker": (
        "speaker", "role", "interlocutor", "author", "sender", "from", "participant", "who",
        "user_type", "speaker_role", "speaker_idx", "speaker_id",
        "\u8bf4\u8bdd\u4eba", "\u89d2\u8272",
    ),
    "text": (
        "text", "utterance", "utterance_text", "content", "message", "sentence", "transcript",
        "body", "turn", "msg", "\u5185\u5bb9", "\u6587\u672c",
    ),
}  # fmt: skip
"""Usual names of the columns of a table with one turn a row, in lower case, the likeliest first."""
SAMPLE = 200
"""Rows that are looked at before the columns are told."""
_LONGEST_CELL = 1 << 24
_BATCH = 1024


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a CSV, TSV or Parquet file, plain or gzipped text, one at a time.

    Raises:
        UserError: It is no table, or a row is broken.
    """
    if path.suffix.lower() == ".parquet":
        yield from _parquet(path)
        return
    csv.field_size_limit(_LONGEST_CELL)
    with open_text(path) as file:
        head = file.read(1 << 14)
        file.seek(0)
        try:
            rows = csv.DictReader(file, dialect=_dialect(path, head), strict=True)
            for row in rows:
                yield {key.strip(): value for key, value in row.items() if key and value}
        except csv.Error as error:
            raise UserError(
                f"{path} must be a table, but is not ({error}). Check that the file is whole."
            ) from error


def columns_of(rows: Sequence[Mapping[str, Any]], hints: Hints) -> dict[str, str] | None:
    """Which column holds the conversation, the speaker and the text; None where rows are no turns.

    Args:
        rows: The first rows of a table.
        hints: Columns that the user names.

    Raises:
        UserError: A column that the user names is not there.
    """
    there = list(dict.fromkeys(key for row in rows for key in row))
    for meaning, column in hints.columns.items():
        if column not in there:
            raise UserError(
                f"--columns {meaning}={column}: the table has no such column; it has "
                f"{', '.join(map(repr, there))}."
            )
    found = {m: c for m, c in hints.columns.items() if m in NAMES}
    for meaning, names in NAMES.items():
        usual = [column for name in names for column in there if column.lower() == name]
        if meaning not in found and usual:
            found[meaning] = usual[0]
    if "speaker" not in found and (guessed := _by_content(rows, there)):
        found["speaker"] = guessed
    if "text" not in found and "speaker" in found:
        rest = [column for column in there if column not in found.values()]
        found["text"] = max(rest, key=lambda column: _length(rows, column), default="")
    return found if found.get("speaker") and found.get("text") else None


def talks(
    rows: Iterator[dict[str, Any]], columns: Mapping[str, str]
) -> Iterator[dict[str, Any] | ValueError]:
    """The rows of each conversation as a record with `turns`; rows of one must stand together."""
    column = columns.get("conversation")
    seen: set[int] = set()
    apart = f"do not stand together; sort the table by {column!r}"
    for key, members in groupby(rows, key=lambda row: row.get(column) if column else None):
        turns = [_turn(row, columns) for row in members]
        if hash(key) in seen:
            yield ValueError(f"the rows of conversation {key!r} {apart}")
            continue
        seen.add(hash(key))
        yield {**turns[0], "turns": turns}


def is_question_table(rows: Sequence[Mapping[str, Any]], hints: Hints) -> bool:
    """Whether the rows are questions with answers."""
    there = {key.lower() for row in rows for key in row}
    given = {"question", "answer"} <= set(hints.columns)
    return given or bool(there & set(QUESTION_KEYS) and there & set(ANSWER_KEYS))


def _turn(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    speaker, text = row.get(columns["speaker"], ""), row.get(columns["text"], "")
    return {**row, "speaker": str(speaker), "content": str(text)}


def _by_content(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str | None:
    """The column whose every value is a name that tells a role, with at least two of them."""
    for column in columns:
        values = {str(row[column]) for row in rows if row.get(column)}
        if 2 <= len(values) <= 4 and all(known_name(value) for value in values):
            return column
    return None


def _length(rows: Sequence[Mapping[str, Any]], column: str) -> int:
    values = [row.get(column) for row in rows]
    return sum(len(value) for value in values if isinstance(value, str))


def _dialect(path: Path, head: str) -> type[csv.Dialect]:
    """Comma, tabulator, semicolon or bar, whichever the first line has most of."""
    first = next((line for line in head.splitlines() if line.strip()), "")
    found = "\t" if ".tsv" in path.suffixes else max(",\t;|", key=first.count)

    class Table(csv.excel):
        delimiter = found

    return Table


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path} must be a readable Parquet file, but: {reason}") from error
