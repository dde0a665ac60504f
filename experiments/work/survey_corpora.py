"""What several corpora are and how they are read, a row each; one that nobody reads says why."""

import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from esc_skills.signatures.frozen import Frozen

from ..corpora.reading import Reading, ReadReport, read_conversations
from ..errors import UserError
from .inspect_corpus import LIMIT, files_of


class Surveyed(Frozen):
    """One address."""

    address: str
    kinds: dict[str, int]
    """Files by what they hold: JSON, table, text, dataset, run or store."""
    readers: dict[str, int]
    """Conversations by the reader that took them; empty where nothing could be read."""
    read: int
    skipped: dict[str, int]
    """Records and files by the reason for which they were skipped, the commonest first."""
    refused: str
    """Why nothing could be read, in a sentence; empty otherwise."""
    seconds: float


def survey(
    paths: Sequence[Path], reading: Reading | None = None, limit: int = LIMIT
) -> tuple[Surveyed, ...]:
    """Look at each of some corpora.

    Args:
        paths: Their addresses.
        reading: How they are to be understood; by default each record is looked at.
        limit: Conversations to read of each.
    """
    return tuple(_surveyed(path, reading or Reading(), limit) for path in paths)


def _surveyed(path: Path, how: Reading, limit: int) -> Surveyed:
    report, refused, read = ReadReport(), "", 0
    kinds: Counter[str] = Counter()
    started = time.perf_counter()
    try:
        kinds, _ = files_of([path], how.hints)
        read = sum(1 for _ in islice(read_conversations([path], report, how), limit))
    except UserError as error:
        refused = str(error)
    named = report.used if how.reader == "auto" else {how.reader: read}
    return Surveyed(
        address=str(path),
        kinds=dict(kinds),
        readers={name: count for name, count in named.items() if count},
        read=read,
        skipped=dict(Counter(entry.why for entry in report.skipped).most_common()),
        refused=refused,
        seconds=time.perf_counter() - started,
    )
