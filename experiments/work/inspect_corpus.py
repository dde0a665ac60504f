"""What a corpus is, how it would be read, and what it lacks for mining."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen

from ..corpora.hints import Hints
from ..corpora.layouts import kind_of
from ..corpora.places import places
from ..corpora.reading import Reading, ReadReport, Source, read_conversations
from ..corpora.tables import SAMPLE, columns_of, rows_of

LIMIT = 1000
"""Conversations that are looked at, unless told otherwise."""
_REASONS = 5


class InspectedSource(Frozen):
    """One address of a corpus."""

    address: str
    read: int
    outcomes: dict[str, int]
    languages: dict[str, int]
    rated: int
    """Seeker turns with a rating of the support."""
    labelled: int
    """Supporter turns with a strategy."""
    learnable: int
    """Replies that a seeker's turn precedes and follows: what mining learns from."""
    missing: tuple[str, ...]
    """What it lacks for mining, in sentences; empty if nothing."""


class Inspection(Frozen):
    """What was found."""

    kinds: dict[str, int]
    """Files by what they hold: JSON, table, text, dataset or store."""
    columns: dict[str, str]
    """Columns of the first table by what they hold; empty where none is a table of turns."""
    readers: dict[str, int]
    """Conversations by the reader that took them."""
    sources: tuple[InspectedSource, ...]
    skipped: dict[str, int]
    """Records and files by the reason for which they were skipped, the commonest first."""
    sample: Conversation | None
    whole: bool
    """Whether everything was looked at, and not the first conversations only."""


def inspect_corpus(
    paths: Sequence[Path], reading: Reading | None = None, limit: int = LIMIT
) -> Inspection:
    """Look at a corpus.

    Args:
        paths: Its addresses.
        reading: How it is to be understood; by default each record is looked at.
        limit: Conversations to look at.

    Raises:
        UserError: A file is missing or broken, or holds no conversation.
    """
    how, report = reading or Reading(), ReadReport()
    kinds, columns = files_of(paths, how.hints)
    found = list(islice(read_conversations(paths, report, how), limit + 1))
    readers = dict(report.used) if how.reader == "auto" else {how.reader: len(found)}
    reasons = Counter(entry.why for entry in report.skipped)
    return Inspection(
        kinds=dict(kinds),
        columns=columns,
        readers=readers,
        sources=tuple(_inspected(name, source) for name, source in report.sources.items()),
        skipped=dict(reasons.most_common(_REASONS)),
        sample=found[0] if found else None,
        whole=len(found) <= limit,
    )


def files_of(paths: Sequence[Path], hints: Hints) -> tuple[Counter[str], dict[str, str]]:
    """What the files are, and the columns of the first table of turns."""
    kinds: Counter[str] = Counter()
    columns: dict[str, str] = {}
    with ExitStack() as stack:
        for place in places(paths, stack):
            kind = kind_of(place.path)
            kinds[kind] += 1
            if kind == "table" and not columns:
                columns = columns_of(list(islice(rows_of(place.path), SAMPLE)), hints) or {}
    return kinds, columns


def _inspected(address: str, source: Source) -> InspectedSource:
    return InspectedSource(
        address=address,
        read=source.read,
        outcomes=dict(source.outcomes),
        languages=dict(source.languages),
        rated=source.rated,
        labelled=source.labelled,
        learnable=source.replies_answered,
        missing=tuple(_missing(source)),
    )


def _missing(source: Source) -> list[str]:
    lacks: list[str] = []
    if not source.replies_answered:
        lacks.append(
            "No reply is followed by the seeker's reaction, so there is nothing to learn from: "
            "mining needs a seeker's turn, a reply and the seeker's next turn."
        )
    if not source.outcomes["success"] + source.outcomes["failure"] and not source.rated:
        lacks.append(
            "It says of no conversation or reply how it went; the analyst's reading of the "
            "seeker's reactions is the only evidence."
        )
    elif not source.outcomes["failure"] and not source.rated:
        lacks.append("It holds no failed conversation; failures teach what to avoid.")
    return lacks
