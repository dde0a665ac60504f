"""The audit of a set of seekers in the terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.seekers.profile_sets import ProfileInformation, SetAudit

from .tables import bounds, table_of

LISTED = 12
"""Seekers without information that are printed; JSON has all."""


def print_audits(console: Console, audits: Mapping[str, SetAudit]) -> None:
    """Print every audit as tables."""
    for simulator, found in audits.items():
        console.print(_figures(simulator, found))
        quiet = [row for row in found.information if row.information == "same end"]
        against = [row for row in found.information if row.information == "against the rest"]
        told = f"{len(quiet)} of {found.profiles} profiles end alike with every supporter"
        if against:
            told += (
                f"; {len(against)} rank the supporters opposite to the others, perhaps by chance"
            )
        console.print(f"{told}.")
        if quiet or against:
            console.print(_profiles([*quiet, *against][:LISTED]))


def _figures(simulator: str, found: SetAudit) -> Table:
    rows: list[tuple[str, ...]] = []
    if found.shares is not None:
        told = f"of the spread; profile {found.shares.profile:.0%}, rest {found.shares.rest:.0%}"
        rows.append(("supporter", f"{found.shares.supporter:.0%}", "", told))
    for name, interval, meaning in (
        ("one profile", found.order, "agreement with the others on two supporters; 0.5 is chance"),
        ("half the set", found.halves, "rank correlation with the other half"),
        ("the whole set", found.whole, "expected with another such set (Spearman-Brown)"),
    ):
        rows.append((name, *_shown(interval), meaning))
    return table_of(
        f"{found.profiles} profiles, {found.supporters} supporters, simulator {simulator}",
        ("figure", "value", "95% interval", "meaning"),
        rows,
        text=("figure", "meaning"),
    )


def _shown(interval: Interval | None) -> tuple[str, str]:
    if interval is None:
        return "-", "too few, or no variation"
    return f"{interval.mean:.2f}", bounds(interval, ".2f")


def _profiles(rows: Sequence[ProfileInformation]) -> Table:
    columns = ("profile", "mean end", "spread", "order", "why")
    cells = (
        (row.profile, f"{row.mean:.0f}", f"{row.spread:.0f}", f"{row.order:.2f}", row.information)
        for row in rows
    )
    return table_of("Uninformative profiles", columns, cells, text=("profile", "why"))
