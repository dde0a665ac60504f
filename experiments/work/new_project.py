"""A folder to begin an own project in."""

from pathlib import Path

from ..errors import UserError
from ..files.atomic_writes import write_whole
from ..files.profiles import SAMPLE_DRAFTS, SAMPLES

FILES: dict[str, Path] = {
    "README.md": SAMPLES / "project-README.md",
    "people.yaml": SAMPLE_DRAFTS.with_name("people.yaml"),
    "bank.json": SAMPLE_DRAFTS,
    "config.yaml": SAMPLES / "project-config.yaml",
}
"""What a new project holds, and what it is copied from."""


def lay_out(folder: Path) -> tuple[Path, ...]:
    """Write the files of a new project.

    Args:
        folder: Where; it is made if need be.

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
    for name, source in FILES.items():
        write_whole(folder / name, source.read_text(encoding="utf-8"))
    return tuple(folder / name for name in FILES)
