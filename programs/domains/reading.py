"""Domains from folders; docs/domains.md describes the files. Nothing is evaluated or unpickled."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from esc_skills.signatures.domains import Domain

from ..models.stages import own_stages
from ..reading.yaml_text import load_yaml
from ..suggestions import did_you_mean

DOMAIN_FILE = "domain.yaml"
REHEARSAL = "rehearsal"
DEFAULT = "emotional-support"
_HERE = Path(__file__).parent


class DomainError(ValueError):
    """A domain cannot be used; says which file and field is wrong and what it must be."""


@cache
def packaged(name: str) -> Domain:
    """A domain that comes with this package."""
    return read_domain(_HERE / name)


def default_folder() -> Path:
    """Where the files of emotional support lie."""
    return _HERE / DEFAULT


def default_domain() -> Domain:
    """Emotional support, which holds where no other domain is named."""
    return packaged(DEFAULT)


def is_default(domain: Domain) -> bool:
    """Whether a domain is emotional support, as packaged."""
    return domain is default_domain() or domain.identity == default_domain().identity


def read_domain(folder: Path) -> Domain:
    """The domain of a folder.

    Raises:
        DomainError: A file is missing or not valid; names it and the field.
    """
    file = folder / DOMAIN_FILE
    data = _data(file)
    if not isinstance(data, dict):
        raise DomainError(f"{file} must hold `name: value` entries, but does not")
    for own in ("rehearsal", "folder"):
        if own in data:
            raise DomainError(f"{file}, field {own!r}: is no entry of the file; remove it")
    told = data | {"rehearsal": _rehearsal(folder / REHEARSAL), "folder": folder}
    return checked(told, str(file))


def checked(data: Any, place: str) -> Domain:  # noqa: ANN401 - any JSON value
    """A domain from plain data.

    Raises:
        DomainError: It is none; names the place and the field.
    """
    try:
        domain = Domain.model_validate(data)
    except ValidationError as error:
        raise DomainError(f"{place}, {_problem(error)}") from error
    for name in domain.instructions:
        if name not in own_stages():
            hint = did_you_mean(name, own_stages(), f"Stages: {', '.join(own_stages())}.")
            raise DomainError(
                f"{place}, field 'instructions': there is no stage {name!r}. {hint}".rstrip(".")
            )
    return domain


def read_dumped(file: Path) -> Domain:
    """The domain that a run or an export carries as JSON.

    Raises:
        DomainError: It is none; names the field.
        OSError: The file cannot be read.
    """
    try:
        return checked(json.loads(file.read_bytes()), str(file))
    except (ValueError, RecursionError) as error:
        if isinstance(error, DomainError):
            raise
        raise DomainError(f"{file} must be JSON, but is not ({error})") from error


def _rehearsal(folder: Path) -> dict[str, Any]:
    """What the rehearsal says in a domain, by the names of the files."""
    return {file.stem: _data(file) for file in sorted(folder.glob("*.json"))}


def _data(file: Path) -> Any:  # noqa: ANN401 - any JSON or YAML value
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise DomainError(f"{file} must be readable, but: {error.strerror}") from error
    except ValueError as error:
        raise DomainError(f"{file} must be text in UTF-8, but: {error}") from error
    try:
        return json.loads(text) if file.suffix == ".json" else load_yaml(text)
    except (ValueError, RecursionError) as error:
        form = "JSON" if file.suffix == ".json" else "YAML"
        raise DomainError(f"{file} must be {form}, but: {error}") from error


def _problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    field = ".".join(str(part) for part in problem["loc"]) or "the domain"
    match problem["type"]:
        case "missing":
            return f"field {field!r}: must be there, but is not; add it"
        case "extra_forbidden":
            known = [name for name in Domain.model_fields if name not in (REHEARSAL, "folder")]
            hint = did_you_mean(field, known, f"Fields: {', '.join(known)}.")
            return f"field {field!r}: a domain has no such field. {hint}".rstrip(".")
        case _:
            message = problem["msg"]
            return f"field {field!r}: {message[:1].lower()}{message[1:]}; correct it"
