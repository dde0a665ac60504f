"""Tables and figures as text: the forms that every screen shares."""

from collections.abc import Collection, Iterable, Sequence

from rich.table import Table
from rich.text import Text

from esc_skills.metrics.evidence.statistics import Interval

Cell = str | Text
"""A string is printed as it stands, since names may come from a user or a model; a `Text` may have
a style."""


def table_of(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell] | None] = (),
    *,
    text: Collection[str] | None = None,
    caption: str | None = None,
) -> Table:
    """A table of text columns, aligned left, and columns of figures, aligned right.

    Args:
        title: Stands above it.
        columns: Names of the columns; no two text columns may share one with a column of figures.
        rows: One cell for each column; None draws a line.
        text: Names of the text columns; the first column if not given.
        caption: Stands below it.
    """
    table = Table(title=Text(title, style="table.title"))
    left = columns[:1] if text is None else text
    for column in columns:
        justify = "left" if column in left else "right"
        table.add_column(Text(column), justify=justify, overflow="fold")
    for row in rows:
        if row is None:
            table.add_section()
        else:
            table.add_row(*map(_literal, row))
    if caption is not None:
        table.caption = Text(caption, style="table.caption")
    return table


def _literal(cell: Cell) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)


def bounds(interval: Interval | None, form: str = ".1f") -> str:
    """The ends of an interval: `4.5 to 20.1`; `-` for none."""
    return "-" if interval is None else f"{interval.low:{form}} to {interval.high:{form}}"


def estimate(interval: Interval | None, form: str = ".1f") -> str:
    """A mean with its interval: `12.3 (4.5 to 20.1)`; `-` for none."""
    return "-" if interval is None else f"{interval.mean:{form}} ({bounds(interval, form)})"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 skill`, `2 skills`, `24 dialogues`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
