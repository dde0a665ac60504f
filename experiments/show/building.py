"""What became of the cells of a set of seekers, in the terminal."""

from collections import Counter

from rich.console import Console
from rich.text import Text

from ..people.drafting import Outcome
from ..work.build_profiles import Built
from .progress import spend_line
from .tables import Cell, counted, table_of

_MOST_VALUES = 10
"""Values of an axis that are listed one by one."""
_AXES = ("need", "character", "topic", "language", "stance")


def print_built(console: Console, built: Built) -> None:
    """Print every cell, the coverage of the axes, the gaps and why, and what to do next."""
    filled = len(built.outcomes) - len(built.gaps)
    columns = ("seeker", "need", "character", "stance", "topic", "ends", "verdict")
    title = f"{filled} of {counted(len(built.outcomes), 'cell')} filled"
    console.print(table_of(title, columns, map(_cells, built.outcomes), text=columns))
    for line in _coverage(built):
        console.print(Text(line))
    refused = Counter(_kind(reason) for row in built.outcomes for reason in row.refused)
    drafts = filled + sum(refused.values())
    told = ", ".join(f"{count} {kind}" for kind, count in refused.most_common())
    console.print(Text(f"{counted(drafts, 'draft')}; refused: {told or 'none'}."))
    console.print(f"Spent {spend_line(built.spend)}.")
    for file in built.files:
        console.print(Text(f"Wrote {file}"))
    if not built.files:
        console.print("Wrote nothing, since every cell is empty.")
    elif built.taken:
        console.print(Text(f"Next: esc-skills profiles audit --play {built.files[0]}"))


def _cells(row: Outcome) -> tuple[Cell, ...]:
    profile, cell = row.profile, row.cell
    if profile is None:
        verdict = Text(f"empty: {row.refused[-1]}", "red")
    elif row.hard:
        verdict = Text("hard: the bank always fails", "yellow")
    else:
        again = f", draft {len(row.refused) + 1}" if row.refused else ""
        verdict = Text(f"accepted{again}", "green")
    return (
        cell.id,
        cell.need,
        profile.character if profile else cell.character,
        cell.stance or "",
        profile.topic if profile else cell.topic,
        " ".join(map(str, row.ends)),
        verdict,
    )


def _coverage(built: Built) -> list[str]:
    """For each axis of the grid: how many of the asked cells of each value are filled."""
    lines: list[str] = []
    for place, axis in enumerate(_AXES):
        asked = Counter(row.cell.row[place] for row in built.outcomes)
        if set(asked) <= {""}:
            continue
        filled = Counter(row.cell.row[place] for row in built.outcomes if row.profile)
        shown = [f"{value or 'any'} {filled[value]}/{count}" for value, count in asked.items()]
        many = f"{len(asked)} values, {sum(filled.values())}/{sum(asked.values())}"
        lines.append(f"{axis}: {', '.join(shown) if len(asked) <= _MOST_VALUES else many}")
    return lines


def _kind(reason: str) -> str:
    """A reason without what is particular to one draft."""
    if reason.startswith("it is like"):
        return "it is like another"
    return reason.partition(" (")[0].partition("'")[0].partition('"')[0].strip()
