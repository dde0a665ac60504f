"""The run directory: the only state of an experiment, safe to kill and to start again.

`run.json` says what was asked (format version and resolved configuration), `journal.jsonl` what was
played, `result.json` how it ended, `banks/` every bank that was ever the incumbent.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.optimizers.events import Result
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.prompts import prompt_version

from ..errors import UserError, first_problem
from ..setup.config import Experiment
from .atomic_writes import cannot_write, write_whole

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
        wanted = {"format": FORMAT, "prompts": prompt_version(), "config": config}
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
        if found.get("prompts") != wanted["prompts"]:
            raise UserError(
                f"{self.path} was begun with other prompts than this version of esc-skills has, so "
                "its dialogues cannot be mixed with new ones. Use another --run directory, or the "
                "version that began it."
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


def is_run(path: Path) -> bool:
    """Whether a path is a run directory."""
    return (path / "run.json").is_file()


def run_of(bank: Path) -> Path | None:
    """The run directory that a bank belongs to; None if it belongs to none.

    Args:
        bank: A run directory, or a bank file in one.
    """
    return next((place for place in (bank, *bank.parents[:2]) if is_run(place)), None)


def read_experiment(path: Path) -> Experiment:
    """What a run was asked to do.

    Raises:
        UserError: There is no run, or its `run.json` is damaged or of another version.
    """
    try:
        return Experiment.model_validate(read_marker(path).get("config"))
    except ValidationError as error:
        raise UserError(
            f"{path}/run.json must hold the configuration of a run, but: {first_problem(error)}. "
            "Restore the file, or start a new run directory."
        ) from error


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
        raise UserError(
            f"{path}/result.json must be a result, but: {first_problem(error)}."
        ) from error


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
