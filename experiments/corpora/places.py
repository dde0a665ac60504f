"""Where conversations lie: files, folders, patterns, archives, runs, datasets, tracking stores."""

import os
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from glob import glob
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ..errors import UserError
from ..files.run_directory import is_run
from .dataset_rows import is_dataset
from .traces import is_store

_PATTERN = frozenset("*?[")
_LARGEST_ARCHIVE = 4 << 30
"""Bytes that an archive may unpack to."""
_LARGEST_RATIO = 200
"""Times that a member of an archive may grow; text grows five to ten times, a bomb a thousand."""
_NO_BOMB = 1 << 24
"""Bytes under which a member may grow as it likes."""
_KNOWN = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".txt", ".text", ".log")


class Place(NamedTuple):
    """One source of conversations."""

    path: Path
    """A file that can be opened, or a name as in `hf:NAME`."""
    label: str
    """What it is called in ids and messages."""
    source: str
    """What the user named that it is part of."""
    named: bool
    """Whether the user named it, and not a folder or an archive that holds it."""


def places(addresses: Sequence[Path], stack: ExitStack) -> Iterator[Place]:
    """Every source that some addresses stand for, each once, in the order of their names.

    Args:
        addresses: Files, folders, patterns such as `talks/*.json`, `.zip` archives, run
            directories, `hf:` and `mlflow:` names.
        stack: Keeps what is unpacked until it is closed.

    Raises:
        UserError: There is no such file, one is named twice, a folder holds no conversations, or an
            archive is broken or a bomb.
    """
    seen: set[str] = set()
    for address in addresses:
        for place in _expanded(address, str(address), stack):
            if place.label in seen:
                raise UserError(
                    f"a corpus file must be named once, but {place.label} is named more often. "
                    "Its evidence would count twice; name it once."
                )
            seen.add(place.label)
            yield place


def _expanded(address: Path, source: str, stack: ExitStack) -> Iterator[Place]:
    text = str(address)
    if is_dataset(address) or is_store(address) or (address.is_dir() and is_run(address)):
        yield Place(address, text, source, named=True)
    elif address.is_dir():
        yield from _folder(address, source, stack)
    elif address.suffix.lower() == ".zip" and address.is_file():
        yield from _archive(address, source, stack)
    elif not address.exists() and _PATTERN & set(text):
        found = sorted(glob(text, recursive=True))
        if not found:
            raise UserError(f"{text} must name files, but matches none. Check the pattern.")
        for name in found:
            yield from _expanded(Path(name), source, stack)
    else:
        yield Place(address, text, source, named=True)


def _folder(folder: Path, source: str, stack: ExitStack) -> Iterator[Place]:
    """The data files under a folder; links that lead out of it are not followed."""
    root, found = folder.resolve(), False
    for directory, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(directory, name)
            if name.startswith(".") or not path.resolve().is_relative_to(root):
                continue
            if path.suffix.lower() == ".zip":
                found = True
                yield from _archive(path, source, stack)
            elif _is_data(name) and path.is_file():
                found = True
                yield Place(path, str(path), source, named=False)
    if not found:
        raise UserError(
            f"{folder} must hold conversations ({', '.join(_KNOWN)}, .zip), but holds no such file."
        )


def _is_data(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(_KNOWN)


def _archive(path: Path, source: str, stack: ExitStack) -> Iterator[Place]:
    """The data files of a zip archive, unpacked one at a time into a temporary directory."""
    into = Path(stack.enter_context(TemporaryDirectory(prefix="esc-skills-")))
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and _is_data(m.filename)]
            members.sort(key=lambda member: member.filename)
            if not members:
                raise UserError(f"{path} must hold conversations, but holds no file that may.")
            _refuse_bombs(path, members)
            for number, member in enumerate(members):
                name = PurePosixPath(member.filename.replace("\\", "/")).name
                target = into / f"{number}" / name
                target.parent.mkdir()
                with archive.open(member) as packed, target.open("wb") as copy:
                    shutil.copyfileobj(packed, copy)
                yield Place(target, f"{path}/{member.filename}", source, named=False)
                target.unlink()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise UserError(f"{path} must be a readable .zip archive, but: {error}.") from error


def _refuse_bombs(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    worst = max(members, key=lambda member: member.file_size / max(1, member.compress_size))
    grows = worst.file_size / max(1, worst.compress_size)
    if total > _LARGEST_ARCHIVE or (worst.file_size > _NO_BOMB and grows > _LARGEST_RATIO):
        raise UserError(
            f"{path} must be an archive of conversations, but would unpack to {total:,} bytes "
            f"({worst.filename} grows {grows:,.0f} times). Unpack it by hand if that is right."
        )
