"""Conducts from files."""

from pathlib import Path

from esc_skills.programs.conduct.rules import Conduct, ConductError, read_conduct

from ..errors import UserError


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
