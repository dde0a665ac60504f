"""Skill banks from files."""

from pathlib import Path

from pydantic import ValidationError

from esc_skills.programs.conduct.rules import Conduct
from esc_skills.signatures.skills import Bank

from ..errors import UserError, first_problem
from .conducts import broken_by, refuse_unsafe
from .small_files import read_small


def read_bank(path: Path, *, allow_unsafe: bool = False, conduct: Conduct | None = None) -> Bank:
    """A bank from a JSON file, or the final bank of a run directory.

    Args:
        path: The file or the directory.
        allow_unsafe: Whether to read a bank that breaks a hard rule of the conduct.
        conduct: Rules that it must keep besides the packaged ones.

    Raises:
        UserError: The file is missing, is not JSON, is not a valid bank (names the field), or is
            unsafe.
    """
    file = path / "bank.json" if path.is_dir() else path
    try:
        bank = Bank.model_validate_json(read_small(file))
    except OSError as error:
        raise UserError(f"the bank {file} must be readable, but: {error.strerror}.") from error
    except ValidationError as error:
        raise UserError(f"{file} must be a valid bank, but: {first_problem(error)}.") from error
    if not allow_unsafe:
        refuse_unsafe(broken_by(bank, conduct), path)
    return bank
