"""How a file divides into records: one conversation each, whatever the format of the file."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..files.record_files import read_records
from ..files.run_directory import is_run
from ..files.text_files import open_text, readable
from .audit_logs import conversations_in as audited_in
from .audit_logs import is_audit_line
from .dataset_rows import is_dataset, json_record, read_rows
from .hints import Hints
from .labelled_text import conversations_in
from .tables import SAMPLE, columns_of, is_question_table, rows_of, talks
from .traces import is_store, sessions
from .turn_lists import LIST_KEYS, is_turn

_TABLES = (".csv", ".tsv", ".parquet")
_JSON = (".json", ".jsonl", ".ndjson")
_TEXTS = (".txt", ".md", ".text", ".log", "")
_LONGEST_TEXT = 1 << 26
"""Characters of a text file above which it is no conversation."""
_HOLDERS = ("data", "conversations", "dialogues", "dialogs", "records", "items", "sessions")


def records_of(path: Path, hints: Hints) -> Iterator[tuple[int, Any]]:
    """(Number, record) of each conversation of a file, numbered from 1, one at a time.

    A record that is broken comes out as the `ValueError` that says how, so that the caller can
    report it and go on.

    Args:
        path: A file, a dataset's folder or name (see `dataset_rows`).
        hints: Columns of a table.

    Raises:
        UserError: The file is missing, unreadable or empty.
    """
    readers = {
        "run": _run, "store": _store, "dataset": _dataset, "table": _table, "JSON": _json,
        "text": _text,
    }  # fmt: skip
    number = 0
    with readable(path):
        for number, record in readers[kind_of(path)](path, hints):
            yield number, record
    if not number:
        raise UserError(f"{path} must hold conversations, but is empty. Give another file.")


def kind_of(path: Path) -> str:
    """What a path holds: `run`, `store`, `dataset`, `table`, `JSON` or `text`.

    Raises:
        UserError: Its name tells another format.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    last = suffixes[-1] if suffixes else ""
    if path.is_dir() and is_run(path):
        return "run"
    if is_store(path):
        return "store"
    if is_dataset(path):
        return "dataset"
    for kind, known in (("table", _TABLES), ("JSON", _JSON)):
        if last in known:
            return kind
    if last in _TEXTS or last[1:].isdigit() or len(last) > 6:
        return "JSON" if _starts_as_json(path) else "text"
    raise UserError(
        f"{path} must be JSON, .jsonl, text with speakers' labels, .csv, .tsv, .parquet, .zip or a "
        f"folder of such files, but is {last}. Convert it."
    )


def _run(path: Path, hints: Hints) -> Iterator[tuple[int, Any]]:
    """The dialogues in a run's journal."""
    return _json(path / "journal.jsonl", hints)


def _store(path: Path, hints: Hints) -> Iterator[tuple[int, Any]]:
    del hints
    return sessions(path)


def _dataset(path: Path, hints: Hints) -> Iterator[tuple[int, Any]]:
    return enumerate(_divided((row for _, row in read_rows(path)), hints), start=1)


def _table(path: Path, hints: Hints) -> Iterator[tuple[int, Any]]:
    return enumerate(_divided(rows_of(path), hints), start=1)


def _divided(rows: Iterator[Any], hints: Hints) -> Iterator[Any]:
    """The rows of a table as records: a conversation has one row, or a row for each turn."""
    first = list(islice(rows, SAMPLE))
    every = chain(first, rows)
    whole = [json_record(row) for row in first]
    if any(isinstance(value, list) for row in whole for value in row.values()):
        return (json_record(row) for row in every)
    if not is_question_table(first, hints) and (columns := columns_of(first, hints)):
        return talks(every, columns)
    if hints.columns:
        columns_of(first, hints)
    return (json_record(row) for row in every)


def _json(path: Path, hints: Hints) -> Iterator[tuple[int, Any]]:
    """The records of a JSON file: lines, an array's items, or what one object holds."""
    del hints
    numbered = (found for found in read_records(path) if not _is_call(found[1]))
    head = list(islice(numbered, 2))
    if head and is_audit_line(head[0][1]):
        yield from audited_in(chain(head, numbered))
    elif head and all(is_turn(value) for _, value in head):
        yield 1, [value for _, value in chain(head, numbered)]  # the file is one conversation
    elif len(head) == 1 and isinstance(head[0][1], dict):
        held = list(_held(head[0][1]))
        yield from enumerate(held, start=1) if len(held) > 1 else [(head[0][0], held[0])]
    else:
        yield from chain(head, numbered)


def _is_call(record: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a record is an entry of a run's journal that keeps a single call of a model."""
    if not isinstance(record, dict) or set(record) != {"key", "record"}:
        return False
    return isinstance(record["record"], dict) and "rollout" not in record["record"]


def _held(whole: dict[str, Any]) -> Iterator[Any]:
    """The records of a file that is one object: a list in it, its values, or itself."""
    lists = [value for key in _HOLDERS if isinstance(value := whole.get(key), list)]
    for value in lists:
        if value and not is_turn(value[0]) and isinstance(value[0], dict | list):
            yield from value
            return
    values = list(whole.values())
    if values and not any(key in whole for key in LIST_KEYS) and all(map(_is_talk, values)):
        yield from values
        return
    yield whole


def _is_talk(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a value is a conversation: a list of turns, or an object that holds one."""
    if isinstance(value, dict):
        return any(isinstance(value.get(key), list) for key in LIST_KEYS)
    return isinstance(value, list) and bool(value) and is_turn(value[0])


def _text(path: Path, hints: Hints) -> Iterator[tuple[int, Any]]:
    del hints
    with open_text(path) as file:
        text = file.read(_LONGEST_TEXT + 1)
    if len(text) > _LONGEST_TEXT:
        raise UserError(
            f"{path} must be a conversation, but has over {_LONGEST_TEXT:,} characters. Divide it."
        )
    return enumerate(conversations_in(text) if text.strip() else (), start=1)


def _starts_as_json(path: Path) -> bool:
    try:
        with open_text(path) as file:
            return file.read(4096).lstrip().startswith(("[{", "{", "[\n", "[ ", "[["))
    except OSError:
        return False
