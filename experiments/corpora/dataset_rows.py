"""Reading rows of Hugging Face datasets: a name on the Hub, or a folder that `datasets` saved.

A row becomes the JSON record that the corpus readers expect. Tables hold less than JSON does, so
nulls are dropped (a column must stand in each row), and a text that holds a JSON object or list is
decoded (CSV has no nested columns, and some datasets keep the whole record in a column `text`).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset

HUB = "hf:"
"""What the name of a dataset starts with where a path is expected, as in `hf:NAME:SPLIT`."""
_SAVED = ("state.json", "dataset_dict.json")
"""Files that `save_to_disk` leaves."""


def is_dataset(path: Path) -> bool:
    """Whether `read_rows` reads it: `hf:NAME[:SPLIT]`, or a folder that `save_to_disk` made."""
    return str(path).startswith(HUB) or any((path / mark).exists() for mark in _SAVED)


def read_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """(Number, record) of each row, numbered from 1.

    A dataset on the Hub is downloaded once, into the cache of `datasets`. Local files are streamed.

    Args:
        path: `hf:NAME[:SPLIT]` where NAME is a dataset on the Hub or a folder; or a saved folder. A
            split must be named where there are several.

    Raises:
        UserError: There is no such dataset or split, it cannot be reached, or it is broken or
            empty.
    """
    count = 0
    try:
        for count, row in enumerate(_opened(path), start=1):
            yield count, row
    except UserError:
        raise
    except FileNotFoundError as error:  # also of a dataset or folder without data files
        raise UserError(
            f"{path} must be a dataset, but has no data files or does not exist. Check the name."
        ) from error
    except ConnectionError as error:
        raise UserError(
            f"{path} must be downloaded from the Hugging Face Hub, which cannot be reached. "
            "Go online once, or give a local .parquet, .csv or .jsonl file."
        ) from error
    except (OSError, ValueError, RuntimeError) as error:  # also what pyarrow and pandas raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(f"{path} must be a readable dataset, but: {reason}") from error
    if not count:
        raise UserError(f"{path} must hold records, but is empty. Give another file.")


def _opened(path: Path) -> "Dataset | IterableDataset":
    name, split = _parsed(path)
    found = _splits(name)
    listed = ", ".join(found)
    if split is None and len(found) > 1:
        first = next(iter(found))
        raise UserError(f"{path} has several splits: {listed}. Name one, as {HUB}{name}:{first}.")
    if split is not None and split not in found:
        raise UserError(f"{path} has no split {split!r}; it has: {listed}.")
    return next(iter(found.values())) if split is None else found[split]


def _parsed(path: Path) -> tuple[str, str | None]:
    """The name and the split of a dataset; the split is None where none is named."""
    address = str(path)
    if not address.startswith(HUB):
        return address, None
    name, _, split = address.removeprefix(HUB).partition(":")
    return name, split or None


def _splits(name: str) -> "dict[str, Dataset | IterableDataset]":
    """The splits of a dataset, by name; one that was saved alone counts as `train`."""
    from datasets import DatasetDict, load_dataset, load_from_disk

    place = Path(name)
    if place.is_dir() and any((place / mark).exists() for mark in _SAVED):
        saved = load_from_disk(name)
        found = saved if isinstance(saved, DatasetDict) else {"train": saved}
    elif place.is_dir():
        found = load_dataset(str(place.resolve()), streaming=True)
    else:
        found = load_dataset(name)
    return {str(split): rows for split, rows in found.items()}


def json_record(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """A row of any table as the JSON record that it stands for."""
    record = {key: _decoded(value) for key, value in _without_nulls(row).items()}
    whole = record.get("text")
    return whole if len(record) == 1 and isinstance(whole, dict) else record


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Mapping):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value


def _decoded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The object or list that a text holds; any other value as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
