"""Several corpora in the terminal, a row each."""

from collections.abc import Sequence

from rich.table import Table

from ..work.survey_corpora import Surveyed
from .tables import table_of

_REASONS = 2
"""Reasons for skipping that a row shows."""


def corpus_table(rows: Sequence[Surveyed]) -> Table:
    """Each corpus: what it was recognized as, what was read, what was skipped and why."""
    columns = ("corpus", "files", "recognized as", "read", "skipped", "why", "seconds")
    return table_of(
        f"{len(rows)} corpora",
        columns,
        [_cells(row) for row in rows],
        text=("corpus", "files", "recognized as", "why"),
    )


def _cells(row: Surveyed) -> tuple[str, ...]:
    files = ", ".join(f"{count} {kind}" for kind, count in row.kinds.items())
    reasons = [f"{count} x {why}" for why, count in row.skipped.items()]
    more = f"and {len(reasons) - _REASONS} other reasons" if len(reasons) > _REASONS else ""
    shown = [*reasons[:_REASONS], *([more] if more else [])]
    why = "; ".join(shown) or row.refused
    return (
        row.address,
        files,
        ", ".join(row.readers) or "nothing",
        f"{row.read:,}",
        f"{sum(row.skipped.values()):,}",
        why,
        f"{row.seconds:.1f}",
    )
