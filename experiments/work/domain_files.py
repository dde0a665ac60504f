"""The files of a domain: what another one would have to write."""

from pathlib import Path

from esc_skills.programs.domains.reading import DOMAIN_FILE, REHEARSAL
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError
from ..files.atomic_writes import write_whole

_OFFLINE = "offline only"
_PURPOSES: dict[str, tuple[str, str]] = {
    DOMAIN_FILE: ("always", "words, needs, stages, actions, characters, score, tasks of stages"),
    "conduct.yaml": ("", "rules of its own, beside the packaged ones"),
    "profiles.jsonl": ("", "sample people; else name --profiles"),
    "people.yaml": ("", "set file that `init` lays out; else all needs and characters"),
    "bank.json": ("", "skills that `init` lays out; else none"),
    "corpus.json": ("", "sample conversations that `init` lays out"),
    f"{REHEARSAL}/needs.json": (_OFFLINE, "what people say, and what hints at each need"),
    f"{REHEARSAL}/moves.json": (_OFFLINE, "by which words each move is known"),
    f"{REHEARSAL}/replies.json": (_OFFLINE, "what a supporter says with each move"),
    f"{REHEARSAL}/rules.json": (_OFFLINE, "which move helps with which need, and when"),
    f"{REHEARSAL}/skills.json": (_OFFLINE, "how skills are worded, labels of the corpus"),
    f"{REHEARSAL}/persons.json": (_OFFLINE, "lives for `profiles build`"),
    f"{REHEARSAL}/people.json": (_OFFLINE, "lives for `profiles propose`"),
    f"{REHEARSAL}/manner.json": ("", "how people with habits speak; else as in emotional support"),
    f"{REHEARSAL}/traits.json": ("", "how traits show in words; else as in emotional support"),
}
"""When a file is needed, and what it says."""


class DomainFile(Frozen):
    """One file of a domain."""

    name: str
    lines: int
    needed: str
    """When; empty if never."""
    purpose: str


def files_of(domain: Domain) -> list[DomainFile]:
    """The files that a domain has, of those that are read.

    Raises:
        UserError: It came without a folder.
    """
    return [
        DomainFile(
            name=name,
            lines=len(path.read_text(encoding="utf-8").splitlines()),
            needed=needed,
            purpose=purpose,
        )
        for name, (needed, purpose) in _PURPOSES.items()
        if (path := _folder(domain) / name).is_file()
    ]


def copy_files(domain: Domain, to: Path) -> list[Path]:
    """Copy the files of a domain into a folder.

    Raises:
        UserError: It came without a folder, or the place holds something.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UserError(f"{to} must be an empty folder, or not exist. Name another one with --to.")
    written: list[Path] = []
    for file in files_of(domain):
        text = (_folder(domain) / file.name).read_text(encoding="utf-8")
        write_whole(to / file.name, text)
        written.append(to / file.name)
    return written


def _folder(domain: Domain) -> Path:
    if domain.folder is None:
        raise UserError(f"the domain {domain.name!r} must have a folder to be shown, but has none.")
    return domain.folder
