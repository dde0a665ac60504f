"""A folder to begin an own project in."""

from pathlib import Path

from esc_skills.programs.domains.reading import default_domain, is_default
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.skills import Bank

from ..errors import UserError
from ..files.atomic_writes import write_whole
from ..files.domain_names import DOMAINS
from ..files.profiles import SAMPLES

FILES = ("README.md", "people.yaml", "bank.json", "config.yaml", "corpus.json")
"""What a new project holds."""


def lay_out(folder: Path, domain: Domain | None = None, given: str = "") -> tuple[Path, ...]:
    """Write the files of a new project.

    Args:
        folder: Where; it is made if need be.
        domain: What the project is about; emotional support by default.
        given: How the user named the domain.

    Returns:
        The files.

    Raises:
        UserError: The folder holds one of the files already, or is none.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} must be a folder, but is a file. Name another.")
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        raise UserError(
            f"{folder} must not hold {', '.join(there)} yet, so that nothing is overwritten. "
            "Name another folder."
        )
    texts = _texts(domain or default_domain(), given)
    for name, text in texts.items():
        write_whole(folder / name, text)
    return tuple(folder / name for name in texts)


def _texts(domain: Domain, given: str) -> dict[str, str]:
    """The content of each file; a file that the domain lacks is made of what it says."""
    named = given or domain.name
    if named not in DOMAINS and Path(named).is_dir():
        named = str(Path(named).resolve())
    option, entry = ("", "") if is_default(domain) else (f" --domain {named}", f"domain: {named}\n")
    own = {name: path.read_text("utf-8") for name in FILES if (path := domain.file(name))}
    made = {
        "README.md": _template("README.md").format(about=domain.about, domain=option),
        "people.yaml": _people(domain),
        "bank.json": Bank().model_dump_json(indent=1),
        "config.yaml": _template("config.yaml").format(domain=entry),
    }
    own.pop("README.md", None)
    return made | own


def _template(name: str) -> str:
    return (SAMPLES / f"project-{name}").read_text(encoding="utf-8")


def _people(domain: Domain) -> str:
    return (
        f"name: people\nwho: {domain.about}\ncount: 24\ngrid:\n"
        f"  need: [{', '.join(domain.needs)}]\n  character: [{', '.join(domain.characters)}]\n"
    )
