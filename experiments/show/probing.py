"""Probes against reward hacking, in the terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from ..work.probe import Outcome, Probed, Probing
from .progress import spend_line
from .tables import bounds, counted, table_of

_STYLES: Mapping[Outcome, str] = {"breaks the metric": "bold red", "open": "yellow"}
_WORDS: Mapping[Outcome, str] = {"open": "too few dialogues to tell"}


def print_probing(console: Console, found: Probing) -> None:
    """Print the probes as a table, which of them break the metric, and which are undecided."""
    plain = ("plain supporter", f"{found.plain:.1f}", "", "", "", "")
    columns = ("probe", "score", "vs plain", "95% interval", "missing", "verdict")
    title = f"Probes against reward hacking, simulator {found.simulator}"
    rows = [plain, None, *map(_cells, found.probes)]
    console.print(table_of(title, columns, rows, text=("probe", "verdict")))
    if found.breaking:
        console.print(
            f"The metric rewards tricks: {', '.join(found.breaking)}. "
            "Fix the simulator before you evolve on it."
        )
    else:
        console.print(
            "No probe significantly beats the plain supporter in "
            f"{counted(found.dialogues, 'dialogue')} each."
        )
    if found.open:
        console.print(
            f"Undecided, which is no proof of safety: {', '.join(found.open)}. "
            "Play more dialogues with --replicates or more --profiles."
        )
    console.print(f"Spent {spend_line(found.spend)}.")


def _cells(row: Probed) -> tuple[Text, ...]:
    gap, style = row.difference, _STYLES.get(row.outcome, "")
    cells = (
        row.probe,
        "-" if row.score is None else f"{row.score:.1f}",
        "-" if gap is None else f"{gap.mean:+.1f}",
        bounds(gap, "+.1f"),
        str(row.missing or ""),
        _WORDS.get(row.outcome, row.outcome),
    )
    return tuple(Text(cell, style=style) for cell in cells)
