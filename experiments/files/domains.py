"""Domains by name, by folder, and those that runs and exports carry."""

from pathlib import Path

from esc_skills.programs.domains.reading import (
    DOMAIN_FILE as FOLDER_FILE,
)
from esc_skills.programs.domains.reading import (
    DomainError,
    default_domain,
    is_default,
    read_domain,
    read_dumped,
)
from esc_skills.programs.support.deployment import DOMAIN_FILE
from esc_skills.signatures.domains import Domain

from ..errors import UserError
from .atomic_writes import cannot_write, write_whole
from .domain_names import DOMAINS


def domain_named(given: str) -> Domain:
    """A domain by its name, by the path of its folder, or as `module:Name`.

    Raises:
        UserError: The folder is no domain; names the file and the field.
        PluginError: There is no such domain.
    """
    folder = Path(given)
    if given not in DOMAINS or (":" in given and folder.is_dir()):
        if not folder.is_dir():
            known = ", ".join(DOMAINS)
            raise UserError(
                f"--domain must be one of {known}, a folder with a {FOLDER_FILE}, or module:Name, "
                f"but is {given!r}. Lay out a folder with: esc-skills domains show NAME --to DIR"
            )
        found: Path | Domain = folder
    else:
        found = DOMAINS[given]
    if isinstance(found, Domain):
        return found
    try:
        return read_domain(Path(found))
    except DomainError as error:
        raise UserError(f"{error}.") from error


def own_domain(folder: Path) -> Domain:
    """The domain that a run or an export carries; emotional support where it carries none.

    Raises:
        UserError: It cannot be read, or is no domain.
    """
    file = folder / DOMAIN_FILE
    if not file.exists():
        return default_domain()
    try:
        return read_dumped(file)
    except OSError as error:
        raise UserError(f"the domain {file} must be readable, but: {error.strerror}.") from error
    except DomainError as error:
        raise UserError(f"{error}.") from error


def keep_domain(domain: Domain, folder: Path) -> None:
    """Let a run carry its domain, so that its exports are of it, too.

    Args:
        domain: The domain; emotional support is what every version carries.
        folder: The run directory.

    Raises:
        UserError: The run was begun with another domain, or a file cannot be read or written.
    """
    if is_default(domain):
        return
    kept = folder / DOMAIN_FILE
    if kept.exists() and own_domain(folder).identity != domain.identity:
        raise UserError(
            f"the domain {domain.name!r} must be as it was when the run in {folder} was begun, but "
            "was changed since. Restore it, or use another --run directory."
        )
    try:
        write_whole(kept, domain.model_dump_json(indent=1))
    except OSError as error:
        raise UserError(cannot_write(kept, error)) from error
