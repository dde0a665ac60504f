"""The run directory: the only state of an experiment, safe to kill and to start again.

`run.json` says what was asked (format version and resolved configuration), `journal.jsonl` what was
played, `result.json` how it ended, `banks/` every bank that was ever the incumbent.
"""

import json
import os
from contextlib import suppress
from errno import EISDIR
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.optimizers.events import Result
from esc_skills.programs.models.journal import Journal
from esc_skills.signatures.skills import Bank

from ..errors import UserError

FORMAT = 1
"""Raised whenever a run directory of an earlier version cannot be continued."""


class RunDirectory:
    """Opens a run directory, or makes it.

    Args:
        path: Where it is.
        config: The resolved configuration as JSON data.

    Raises:
        UserError: It holds another experiment or another version, or cannot be written.
    """

    def __init__(self, path: Path, config: dict[str, Any]) -> None:
        self.path = path
        try:
            (path / "banks").mkdir(parents=True, exist_ok=True)
            self.resumed = self._claim(config)
            self.journal = Journal(path / "journal.jsonl")
        except ValueError as error:
            raise UserError(str(error)) from error
        except OSError as error:
            raise UserError(cannot_write(path, error)) from error

    def save_result(self, result: Result) -> None:
        """Write the result and its banks."""
        for number, bank in enumerate(result.banks):
            write_whole(self.path / "banks" / f"{number:02d}.json", bank.model_dump_json(indent=1))
        write_whole(self.path / "bank.json", result.final.model_dump_json(indent=1))
        write_whole(self.path / "result.json", result.model_dump_json(indent=1))

    def _claim(self, config: dict[str, Any]) -> bool:
        """Write who the directory belongs to; True if it was ours already."""
        wanted = {"format": FORMAT, "config": config}
        marker = self.path / "run.json"
        if not marker.exists():
            write_whole(marker, json.dumps(wanted, indent=1, ensure_ascii=False))
            return False
        found = read_marker(self.path)
        changed = differing(found["config"], config)
        if changed:
            raise UserError(
                f"{self.path} must hold this experiment, but holds one that differs in "
                f"{', '.join(changed)}. Use another --run directory, or remove this one."
            )
        return True


def read_marker(path: Path) -> dict[str, Any]:
    """The content of `run.json`.

    Raises:
        UserError: There is no run, or it is one of another version.
    """
    marker = path / "run.json"
    try:
        found = json.loads(marker.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(
            f"{path} must be a run directory, but has no run.json. "
            "Name the directory that `esc-skills evolve` printed."
        ) from error
    except ValueError as error:
        raise UserError(f"{marker} must be JSON, but is damaged ({error}).") from error
    version = found.get("format") if isinstance(found, dict) else None
    if version != FORMAT:
        raise UserError(
            f"{path} must be a run of format {FORMAT}, but is of format {version}. "
            "Start a new run directory, or use the version of esc-skills that made it."
        )
    return found


def read_result(path: Path) -> Result:
    """The result of a finished run.

    Raises:
        UserError: There is no such run, or it has not finished.
    """
    read_marker(path)
    try:
        return Result.model_validate_json((path / "result.json").read_bytes())
    except FileNotFoundError as error:
        raise UserError(
            f"the run in {path} must have finished, but has not. "
            "Start the same `evolve` command again; it goes on where it stopped."
        ) from error
    except ValidationError as error:
        raise UserError(f"{path}/result.json must be a result, but: {first(error)}.") from error


def read_bank(path: Path) -> Bank:
    """A bank from a JSON file, or the final bank of a run directory.

    Raises:
        UserError: The file is missing, is not JSON, or is not a valid bank; names the field.
    """
    file = path / "bank.json" if path.is_dir() else path
    try:
        return Bank.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UserError(f"the bank {file} must be readable, but: {error.strerror}.") from error
    except ValidationError as error:
        raise UserError(f"{file} must be a valid bank, but: {first(error)}.") from error


def first(error: ValidationError) -> str:
    """The first problem of a validation error: where, and what is wrong."""
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"])
    value = repr(problem["input"])
    shown = value if len(value) <= 80 else f"{value[:77]}..."
    detail = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {detail} (got {shown})" if place else detail


def differing(old: Any, new: Any, prefix: str = "") -> list[str]:  # noqa: ANN401 - JSON values
    """Dotted names of the entries in which two configurations differ."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return [] if old == new else [prefix or "everything"]
    names = sorted(old.keys() | new.keys())
    return [
        entry
        for name in names
        for entry in differing(old.get(name), new.get(name), f"{prefix}.{name}".lstrip("."))
    ]


def open_journal(path: Path) -> Journal:
    """The journal in a file, which is made if need be.

    Raises:
        UserError: The file is damaged.
        OSError: It cannot be written.
    """
    try:
        return Journal(path)
    except ValueError as error:
        raise UserError(str(error)) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        OSError: It cannot be written; names the file.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


def require_writable(path: Path) -> None:
    """Find out whether a file can be written, before anything is paid for what goes there.

    Raises:
        OSError: It cannot; names the file.
    """
    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    trial = path.with_name(f".{path.name}.{os.getpid()}.trial")
    try:
        trial.touch()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    trial.unlink()


def cannot_write(path: Path, error: OSError) -> str:
    """The sentence for a directory that cannot be written."""
    reason = error.strerror or str(error)
    return f"{path} must be writable, but: {reason}. Free some space, or choose another --run."
