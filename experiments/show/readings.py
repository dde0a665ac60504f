"""How the models' answers could be read: a table for screens and one for pages."""

from collections.abc import Sequence

from rich.table import Table

from esc_skills.programs.models.readings import OUTCOMES, StageReadings

from .tables import table_of

COLUMNS = (
    "stage",
    "model",
    "form",
    "asked",
    "clean",
    "repaired",
    "asked again",
    "failed",
    "dropped",
)


def cells(row: StageReadings) -> tuple[str, ...]:
    """One row: what was asked, how and how often; shares of the outcomes; what was dropped."""
    shares = (f"{row.share(outcome):.0%}" for outcome in OUTCOMES)
    return (row.stage, row.model, row.format, f"{row.asked:,}", *shares, f"{row.dropped:,}")


def readings_table(rows: Sequence[StageReadings]) -> Table:
    """A table for a terminal; where there is one model only, its title names it."""
    models = {row.model for row in rows}
    if len(models) > 1:
        title = "How answers could be read"
        return table_of(title, COLUMNS, map(cells, rows), text=("stage", "model", "form"))
    place = COLUMNS.index("model")
    shown = [cells(row)[:place] + cells(row)[place + 1 :] for row in rows]
    title = f"How answers of {', '.join(models)} could be read"
    return table_of(title, COLUMNS[:place] + COLUMNS[place + 1 :], shown)


def all_clean(rows: Sequence[StageReadings]) -> bool:
    """Whether every answer was read as it stood, so that a table would say nothing."""
    return all(row.clean == row.asked for row in rows)
