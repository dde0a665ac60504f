"""Opening a file as text, whatever its encoding and packing."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from charset_normalizer import from_bytes

from ..errors import UserError

_SAMPLE = 1 << 16
_HIGH = re.compile(rb"[\x80-\xff]+")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def open_text(path: Path) -> TextIO:
    """A file, plain or gzipped, as text: UTF-8, UTF-16 with a mark, or what its bytes look like.

    A byte that does not fit the encoding comes out as a lone surrogate (see `damaged`), so that one
    broken record does not end the file.
    """
    packed = path.suffix.lower() == ".gz"
    file = cast(BinaryIO, gzip.open(path, "rb") if packed else path.open("rb"))
    try:
        sample = file.read(_SAMPLE)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return io.TextIOWrapper(file, encoding=_encoding(sample), errors="surrogateescape")


@contextmanager
def readable(path: Path) -> Generator[None]:
    """Says in one sentence why a file cannot be read within the block.

    Raises:
        UserError: It is missing, broken, or no text.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(f"{path} must be a file, but does not exist. Check the path.") from error
    except UnicodeError as error:
        raise UserError(f"{path} must be UTF-8 text, but is not. Save it as UTF-8.") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(
            f"{path} must be a readable file, but: {reason}. Check that it is whole."
        ) from error


def damaged(text: str) -> bool:
    """Whether a text holds bytes that its file's encoding does not know."""
    return any("\udc80" <= character <= "\udcff" for character in text)


def _encoding(sample: bytes) -> str:
    for mark, name in _MARKS.items():
        if sample.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(sample)  # the sample may end within a character
        return "utf-8"
    except UnicodeDecodeError as error:
        if _mostly_utf8(sample, error.start):
            return "utf-8"
    if _looks_chinese(sample):
        return "gb18030"
    best = from_bytes(sample).best()
    return best.encoding if best else "utf-8"


def _looks_chinese(sample: bytes) -> bool:
    """Whether the bytes above ASCII stand in pairs, and most are Chinese in GB 18030.

    In Western encodings they stand alone, as in `für`.
    """
    runs = _HIGH.findall(sample)
    text = sample.decode("gb18030", errors="ignore")
    other = [character for character in text if character > "\x7f"]
    han = sum("\u4e00" <= character <= "\u9fff" for character in other)
    paired = sum(len(run) for run in runs if len(run) > 1)
    return han > 0.6 * len(other) and paired > 0.9 * sum(map(len, runs))


def _mostly_utf8(sample: bytes, first_fault: int) -> bool:
    """Whether a text has real UTF-8 before its first fault, so that the fault is damage."""
    return any(byte >= 0x80 for byte in sample[:first_fault])
