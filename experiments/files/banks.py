"""Skill banks from files."""

from pathlib import Path

from pydantic import ValidationError

from esc_skills.signatures.skills import Bank

from ..errors import UserError, first_problem


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
        raise UserError(f"{file} must be a valid bank, but: {first_problem(error)}.") from error
