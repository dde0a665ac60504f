"""Proposed seekers in the terminal."""

from rich.console import Console
from rich.text import Text

from ..work.propose_profiles import Proposal, Proposals
from .progress import spend_line
from .tables import Cell, table_of


def print_proposals(console: Console, found: Proposals) -> None:
    """Print the drafts, taken and refused."""
    console.print(
        f"Existing seekers: {found.frontier} sometimes fail, {found.failing} always fail, "
        f"{found.succeeding} always succeed."
    )
    columns = ("seeker", "group", "topic", "ends", "verdict")
    title = f"{len(found.taken)} of {len(found.drafts)} drafts accepted"
    console.print(table_of(title, columns, map(_cells, found.drafts), text=columns))
    console.print(f"Spent {spend_line(found.spend)}.")


def _cells(row: Proposal) -> tuple[Cell, ...]:
    verdict = Text(f"refused: {row.refused}", "dim") if row.refused else Text("accepted", "green")
    group = row.profile.group if row.profile else ""
    return row.name, group, row.topic, " ".join(map(str, row.ends)), verdict
