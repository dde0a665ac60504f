"""Files that are read whole, and so must not be large."""

from pathlib import Path

MOST_BYTES = 1 << 25
"""Far more than any bank, program or configuration."""


def read_small(path: Path) -> bytes:
    """The content of a file that is read whole.

    Raises:
        OSError: It cannot be read, or is too large.
    """
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(0, f"it is larger than {MOST_BYTES >> 20} MB", str(path))
    return content
