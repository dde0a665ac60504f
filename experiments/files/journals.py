"""Journals of finished work, which a restart reads instead of paying again."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from esc_skills.programs.models.journal import Journal

from ..errors import UserError

_remembered: list[Journal] = []


def remember(journal: Journal) -> Journal:
    """Note where the running command keeps its finished work; gives the journal back."""
    _remembered.append(journal)
    return journal


def remembered() -> tuple[Journal, ...]:
    """The journals that this process keeps its finished work in."""
    return tuple(_remembered)


@contextmanager
def passing_journal() -> Generator[Journal]:
    """A journal that lasts as long as the block, on disk, where it takes no memory."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Journal(Path(folder) / "journal.jsonl")


def open_journal(path: Path) -> Journal:
    """The journal in a file, which is made if need be.

    Raises:
        UserError: The file is damaged.
        OSError: It cannot be written.
    """
    try:
        return remember(Journal(path))
    except ValueError as error:
        raise UserError(str(error)) from error
