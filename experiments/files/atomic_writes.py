"""Writing files so that they are there whole or not at all."""

import os
from contextlib import suppress
from errno import EISDIR
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all; its directory is made if need be.

    Half of a character (a lone surrogate), which JSON can carry and no file can, becomes `?`.

    Raises:
        OSError: It cannot be written; names the file.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(text.encode("utf-8", "replace"))
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


def require_writable(path: Path) -> None:
    """Find out whether a file can be written, before anything is paid for what goes there.

    Its directory need not exist yet, and is not made.

    Raises:
        OSError: It cannot; names the file.
    """
    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    home = next(place for place in path.absolute().parents if place.exists())
    trial = home / f".{path.name}.{os.getpid()}.trial"
    try:
        trial.touch()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    trial.unlink()


def cannot_write(path: Path, error: OSError) -> str:
    """The sentence for a directory that cannot be written."""
    reason = error.strerror or str(error)
    return f"{path} must be writable, but: {reason}. Free some space, or choose another --run."
