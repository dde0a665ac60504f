"""Conducts from files."""

from collections.abc import Sequence
from pathlib import Path

from esc_skills.programs.conduct.checker import hard_breaches
from esc_skills.programs.conduct.rules import Conduct, ConductError, read_conduct
from esc_skills.programs.support.deployment import CONDUCT_FILE
from esc_skills.signatures.conduct import Breach
from esc_skills.signatures.skills import Bank

from ..errors import UserError
from .atomic_writes import cannot_write, write_whole


def conduct_of(path: Path | None) -> Conduct:
    """The conduct of a YAML file; the packaged one where none is named.

    Raises:
        UserError: The file cannot be read, or an entry is not valid.
    """
    try:
        return read_conduct() if path is None else read_conduct(path)
    except OSError as error:
        raise UserError(f"the conduct {path} must be readable, but: {error.strerror}.") from error
    except ConductError as error:
        raise UserError(f"{error}.") from error


def own_conduct(folder: Path) -> Conduct | None:
    """The conduct that a run or an export carries; None where the packaged one holds.

    Raises:
        UserError: It cannot be read, or an entry is not valid.
    """
    file = folder / CONDUCT_FILE
    return conduct_of(file) if file.exists() else None


def keep_conduct(source: Path | None, folder: Path) -> None:
    """Let a run carry its conduct, so that its exports hold to it, too.

    Args:
        source: The file; None for the packaged conduct, which every version carries.
        folder: The run directory.

    Raises:
        UserError: The run was begun with other rules, or a file cannot be read or written.
    """
    if source is None:
        return
    kept = folder / CONDUCT_FILE
    try:
        text = source.read_text(encoding="utf-8")
        if kept.exists() and kept.read_text(encoding="utf-8") != text:
            raise UserError(
                f"{source} must hold the rules that the run in {folder} was begun with, but was "
                "changed since. Restore it, or use another --run directory."
            )
        write_whole(kept, text)
    except OSError as error:
        raise UserError(cannot_write(kept, error)) from error


def broken_by(bank: Bank, conduct: Conduct | None = None) -> tuple[Breach, ...]:
    """The hard rules that a bank breaks: the packaged ones, and those of an own conduct."""
    return hard_breaches(bank, conduct)


def refuse_unsafe(breaches: Sequence[Breach], source: Path) -> None:
    """Refuse what breaks a hard rule.

    Raises:
        UserError: There is a breach; names the first, and how to see the others.
    """
    if breaches:
        others = f" and {len(breaches) - 1} more" if len(breaches) > 1 else ""
        raise UserError(
            f"{source} is unsafe: {breaches[0].sentence}{others}. See all with: esc-skills check "
            f"{source}. Mend the text; clear it with check --clear, if it only reads unsafe; or "
            "use it on purpose with --allow-unsafe."
        )
