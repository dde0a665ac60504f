"""Conducts from files."""

from collections.abc import Sequence
from pathlib import Path

from esc_skills.programs.conduct.checker import check_bank
from esc_skills.programs.conduct.rules import Conduct, ConductError, read_conduct
from esc_skills.signatures.conduct import Breach, hard
from esc_skills.signatures.skills import Bank

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


def broken_by(bank: Bank) -> tuple[Breach, ...]:
    """The hard rules of the packaged conduct that a bank breaks."""
    return hard(check_bank(bank))


def refuse_unsafe(breaches: Sequence[Breach], source: Path) -> None:
    """Refuse what breaks a hard rule.

    Raises:
        UserError: There is a breach; names the first, and how to see the others.
    """
    if breaches:
        others = f" and {len(breaches) - 1} more" if len(breaches) > 1 else ""
        raise UserError(
            f"{source} is unsafe: {breaches[0].sentence}{others}. See all with: esc-skills check "
            f"{source}. Mend the text, or use it on purpose with --allow-unsafe."
        )
