"""The audit of a set of seekers by dialogues that were played: one audit for each simulator."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.seekers.profile_sets import ProfileInformation, SetAudit, audit_set
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError

LISTED = 12
"""Seekers without information that are printed; JSON has all."""


def audit_sets(transcripts: Iterable[Transcript], seed: int = 0) -> dict[str, SetAudit]:
    """The audits by simulator, whose levels are never put together.

    Raises:
        UserError: There are not two supporters that share two profiles.
    """
    finals: defaultdict[str, defaultdict[str, defaultdict[str, list[float]]]]
    finals = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in transcripts:
        if row.rollout.standing is not None:
            found = finals[row.simulator][row.supporter][row.rollout.profile]
            found.append(100 * row.rollout.standing)
    if not finals:
        raise UserError("an audit needs whole valid dialogues, but there is none.")
    return {name: _audit(name, finals[name], seed) for name in sorted(finals)}


def _audit(simulator: str, finals: Mapping[str, Mapping[str, list[float]]], seed: int) -> SetAudit:
    cells = {
        name: {profile: float(np.mean(values)) for profile, values in row.items()}
        for name, row in finals.items()
    }
    try:
        return audit_set(cells, seed)
    except ValueError as error:
        raise UserError(
            f"simulator {simulator}: {error}. Give dialogues of more supporters (files, or a run "
            "whose search accepted an edit) with the same seekers."
        ) from error


def print_audits(console: Console, audits: Mapping[str, SetAudit]) -> None:
    """Print every audit as tables."""
    for simulator, found in audits.items():
        console.print(_figures(simulator, found))
        quiet = [row for row in found.information if row.information == "same end"]
        against = [row for row in found.information if row.information == "against the rest"]
        told = f"{len(quiet)} of {found.profiles} profiles end alike whoever speaks"
        if against:
            told += f"; {len(against)} order the supporters against the rest, perhaps by chance"
        console.print(f"{told}.")
        if quiet or against:
            console.print(_profiles([*quiet, *against][:LISTED]))


def _figures(simulator: str, found: SetAudit) -> Table:
    table = Table(
        title=escape(
            f"{found.profiles} profiles, {found.supporters} supporters, simulator {simulator}"
        )
    )
    for column in ("figure", "value", "95% interval", "meaning"):
        table.add_column(column, justify="left" if column in ("figure", "meaning") else "right")
    if found.shares is not None:
        told = f"of the spread; profile {found.shares.profile:.0%}, rest {found.shares.rest:.0%}"
        table.add_row("supporter", f"{found.shares.supporter:.0%}", "", told)
    rows = (
        ("one profile", found.order, "order two supporters like the others; 0.5 is luck"),
        ("half the set", found.halves, "rank correlation with the other half"),
        ("the whole set", found.whole, "expected with another such set (Spearman-Brown)"),
    )
    for name, interval, meaning in rows:
        table.add_row(name, *_shown(interval), meaning)
    return table


def _shown(interval: Interval | None) -> tuple[str, str]:
    if interval is None:
        return "-", "too few, or all alike"
    return f"{interval.mean:.2f}", f"{interval.low:.2f} to {interval.high:.2f}"


def _profiles(rows: Iterable[ProfileInformation]) -> Table:
    table = Table(title="Profiles that tell little")
    for column in ("profile", "mean end", "spread", "order", "why"):
        table.add_column(column, justify="left" if column in ("profile", "why") else "right")
    for row in rows:
        cells = (f"{row.mean:.0f}", f"{row.spread:.0f}", f"{row.order:.2f}", row.information)
        table.add_row(escape(row.profile), *cells)
    return table
