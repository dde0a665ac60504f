"""The run directory: the only state of an experiment, safe to kill and to start again.

`run.json` says what was asked (format version and resolved configuration) and how much was played
at once, `journal.jsonl` what was played, `result.json` how it ended (until then, `progress.json`
how far it has come), `program.json` the supporter with the best bank, `banks/` every bank that was
ever the incumbent, `conduct.yaml` the rules where they are not the packaged ones.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.optimizers.events import Result
from esc_skills.programs.models.journal import LOCK, Journal
from esc_skills.programs.models.prompts import prompt_version
from esc_skills.programs.support.deployment import CONDUCT_FILE, PROGRAM_FILE
from esc_skills.programs.support.support_agent import SupportAgent

from ..errors import UserError, first_problem, short
from ..setup.config import Experiment
from .atomic_writes import cannot_write, write_whole
from .journals import remember

RESULT_FILE = "result.json"
PROGRESS_FILE = "progress.json"
FORMAT = 1
"""Raised whenever a run directory of an earlier version cannot be continued."""


class RunDirectory:
    """Opens a run directory, or makes it.

    Args:
        path: Where it is.
        config: The resolved configuration as JSON data.
        concurrency: How much is played at once, in words; kept for every start that plays.

    Raises:
        UserError: It holds another experiment or another version, or cannot be written.
    """

    def __init__(self, path: Path, config: dict[str, Any], concurrency: str = "") -> None:
        self.path = path
        self.concurrencies = (concurrency,)
        """How much was played at once, of all starts so far; each once."""
        self._known: int | None = None
        """Calls spent when an earlier start has last written its progress."""
        try:
            (path / "banks").mkdir(parents=True, exist_ok=True)
            self.resumed = self._claim(config, concurrency)
            self.journal = remember(Journal(path / "journal.jsonl"))
        except ValueError as error:
            raise UserError(str(error)) from error
        except OSError as error:
            raise UserError(cannot_write(path, error)) from error

    def withdraw(self) -> None:
        """Leave nothing of a run that was refused before it began; one that had begun stays."""
        if self.resumed:
            return
        for name in ("run.json", "journal.jsonl", f"journal.jsonl{LOCK}", CONDUCT_FILE):
            (self.path / name).unlink(missing_ok=True)
        with suppress(OSError):  # what else lies there is not ours to remove
            (self.path / "banks").rmdir()
            self.path.rmdir()

    def save(self, result: Result, agent: SupportAgent) -> None:
        """Write what a search has found, at its end or so far.

        What an earlier start of an unfinished run has found stands until this one has come as far.
        """
        final, so_far = self.path / RESULT_FILE, self.path / PROGRESS_FILE
        if not result.finished and (final.exists() or self._further(so_far, result)):
            return
        agent.save(str(self.path / f".{PROGRAM_FILE}"))
        (self.path / f".{PROGRAM_FILE}").replace(self.path / PROGRAM_FILE)
        for number, bank in enumerate(result.banks):
            write_whole(self.path / "banks" / f"{number:02d}.json", bank.model_dump_json(indent=1))
        write_whole(self.path / "bank.json", result.final.model_dump_json(indent=1))
        write_whole(final if result.finished else so_far, result.model_dump_json(indent=1))
        if result.finished:
            so_far.unlink(missing_ok=True)

    def _further(self, so_far: Path, result: Result) -> bool:
        """Whether an earlier start has written down more than this one knows by now."""
        if self._known is None:
            self._known = _read_result(so_far).spend.calls if so_far.exists() else 0
        return self._known > result.spend.calls

    def _claim(self, config: dict[str, Any], concurrency: str) -> bool:
        """Write who the directory belongs to; True if it was ours already."""
        wanted = {"format": FORMAT, "prompts": prompt_version(), "config": config}
        if not (self.path / "run.json").exists():
            self._mark({**wanted, "concurrency": [concurrency]})
            return False
        found = read_marker(self.path)
        if found.get("prompts") != wanted["prompts"]:
            raise UserError(
                f"{self.path} was begun with another version of esc-skills, whose prompts differ, "
                "so its dialogues cannot be mixed with new ones. Use another --run directory, or "
                "the version that began it. Reading and exporting the run still work."
            )
        changed = differing(found["config"], config)
        if changed:
            raise UserError(
                f"{self.path} must hold this experiment, but holds one that differs in "
                f"{', '.join(changed)}. Use another --run directory, or remove this one."
            )
        self.concurrencies = concurrencies_of(self.path) or self.concurrencies
        finished = (self.path / RESULT_FILE).exists()
        if concurrency not in self.concurrencies and not finished:
            self.concurrencies = (*self.concurrencies, concurrency)
            self._mark({**found, "concurrency": self.concurrencies})
        return True

    def _mark(self, told: dict[str, Any]) -> None:
        write_whole(self.path / "run.json", json.dumps(told, indent=1, ensure_ascii=False))


def concurrencies_of(path: Path) -> tuple[str, ...]:
    """How much a run played at once, of all its starts; none where it is not known."""
    told = read_marker(path).get("concurrency") if is_run(path) else None
    return tuple(map(str, told)) if isinstance(told, list) else ()


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
    except (ValueError, RecursionError) as error:
        raise UserError(f"{marker} must be JSON, but is damaged ({error}).") from error
    version = found.get("format") if isinstance(found, dict) else None
    if version != FORMAT:
        raise UserError(
            f"{path} must be a run of format {FORMAT}, but is of format {short(str(version))}. "
            "Start a new run directory, or use the version of esc-skills that made it."
        )
    if not isinstance(found.get("config"), dict):
        raise UserError(f"{marker} must hold the configuration of a run, but is damaged.")
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
    """The result of a run; of an unfinished one, what it has found so far (`finished` is False).

    Raises:
        UserError: There is no such run, or its search has not begun.
    """
    read_marker(path)
    for name in (RESULT_FILE, PROGRESS_FILE):
        if (path / name).exists():
            return _read_result(path / name)
    raise UserError(
        f"the search in {path} must have begun, but has not. "
        "Start the same `evolve` command again; it resumes."
    )


def unfinished(path: Path) -> str | None:
    """What to know before using the bank of a run that has not finished; None for anything else."""
    if (path / RESULT_FILE).exists() or not (path / PROGRESS_FILE).exists():
        return None
    return (
        f"The run in {path} has not finished: its bank is the best so far, and no sealed test has "
        "checked it. The same `evolve` command resumes."
    )


def _read_result(file: Path) -> Result:
    try:
        return Result.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise UserError(f"{file} must be a result, but: {first_problem(error)}.") from error


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
