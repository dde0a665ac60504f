"""Leaderboards and fault counts as tables, for `esc-skills sage`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce

from rich.console import Console
from rich.table import Table

from esc_skills.metrics.leaderboard import Leaderboard, Standing
from esc_skills.metrics.quality import FAULTS, FaultKind, Quality, quality
from esc_skills.metrics.statistics import Interval
from esc_skills.signatures.transcripts import Transcript

EXAMPLES = 2
"""Faults of each kind that are quoted."""
QUOTE = 60
"""Characters of a quote."""

Source = tuple[str, str]
"""Simulator and supporter."""


def print_leaderboards(console: Console, boards: Sequence[Leaderboard]) -> None:
    """Every table of every leaderboard."""
    for board in boards:
        console.print(_standings(board))
        for title, pick in (("character", _characters), ("hidden intention", _intentions)):
            console.print(_groups(board, title, pick))
        if board.differences:
            console.print(_differences(board))
        _print_shares(console, board)
        if board.unscored:
            console.print(f"Without a valid dialogue: {', '.join(board.unscored)}.", markup=False)
    if len(boards) > 1:
        console.print(
            "Levels of different simulators cannot be compared, so each has its own leaderboard."
        )


def _table(title: str, *columns: str) -> Table:
    """A table whose first column is a name and whose others are figures."""
    table = Table(title=title)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    return table


def _standings(board: Leaderboard) -> Table:
    columns = ("supporter", "place", "dialogues", "score", "95% interval", "success", "failure")
    table = _table(f"SAGE score, simulator {board.simulator}", *columns, "invalid")
    for row in board.standings:
        best, worst = row.places
        table.add_row(
            row.supporter,
            f"{best}" if best == worst else f"{best} to {worst}",
            str(row.score.n),
            f"{row.published:.1f}",
            _range(row.score),
            f"{row.success:.0%}",
            f"{row.failure:.0%}",
            str(row.invalid),
        )
    table.caption = "Supporters whose paired difference may be zero share their places."
    return table


def _characters(row: Standing) -> Mapping[str, Interval]:
    return row.characters


def _intentions(row: Standing) -> Mapping[str, Interval]:
    return row.intentions


def _groups(
    board: Leaderboard, title: str, pick: Callable[[Standing], Mapping[str, Interval]]
) -> Table:
    """Score by group: one line a group, one column a supporter."""
    groups = sorted({name for row in board.standings for name in pick(row)})
    names = (row.supporter for row in board.standings)
    table = _table(f"Score by {title}", title, *names, "mean of supporters")
    for group in groups:
        found = [pick(row).get(group) for row in board.standings]
        means = [interval.mean for interval in found if interval]
        cells = (f"{interval.mean:.1f}" if interval else "-" for interval in found)
        table.add_row(group, *cells, f"{sum(means) / len(means):.1f}")
    return table


def _differences(board: Leaderboard) -> Table:
    table = _table("Differences, paired by profile", "", "points", "95% interval", "profiles", "")
    for row in board.differences:
        table.add_row(
            f"{row.better} over {row.worse}",
            f"{row.points.mean:+.1f}",
            _range(row.points, "+.1f"),
            str(row.points.n),
            "sure" if row.sure else "open",
        )
    return table


def _print_shares(console: Console, board: Leaderboard) -> None:
    shares = board.shares
    if shares is not None:
        console.print(
            f"Variance of the final emotion over {shares.supporters} supporters and "
            f"{shares.profiles} profiles: supporter {shares.supporter:.0%}, profile "
            f"{shares.profile:.0%}, rest {shares.rest:.0%}."
        )


def _range(interval: Interval, form: str = ".1f") -> str:
    return f"{interval.low:{form}} to {interval.high:{form}}"


def count_faults(transcripts: Iterable[Transcript]) -> dict[Source, Quality]:
    """The faults of each source of dialogues."""
    sources: defaultdict[Source, list[Transcript]] = defaultdict(list)
    for row in transcripts:
        sources[row.simulator, row.supporter].append(row)
    return {
        source: quality((row.rollout, row.profile) for row in sources[source])
        for source in sorted(sources)
    }


def quality_table(counted: Mapping[str, Quality]) -> Table:
    """Fault counts, one line a source of dialogues."""
    table = _table("Faults of the simulation", "dialogues of", "dialogues", "turns", *FAULTS)
    for name, found in counted.items():
        counts = ("?" if _unseen(found, kind) else str(found.counts[kind]) for kind in FAULTS)
        table.add_row(name, str(found.dialogues), str(found.turns), *counts)
    return table


def _unseen(found: Quality, kind: FaultKind) -> bool:
    """Whether no dialogue could be searched for this fault."""
    return kind == "leak" and found.unchecked == found.dialogues


def print_quality(console: Console, counted: Mapping[Source, Quality]) -> None:
    """The faults of each source and of each simulator, with examples of each kind."""
    rows = {f"{simulator} with {supporter}": row for (simulator, supporter), row in counted.items()}
    simulators = {simulator for simulator, _ in counted}
    for name in sorted(simulators):
        mine = [row for (simulator, _), row in counted.items() if simulator == name]
        if len(mine) > 1:
            rows[f"{name}, all"] = reduce(Quality.__add__, mine)
    console.print(quality_table(rows))
    for kind in FAULTS:
        _print_examples(console, kind, counted)
    if unchecked := sum(source.unchecked for source in counted.values()):
        console.print(
            f"{unchecked} dialogues could not be searched for leaks, since their seekers are "
            "not known. Name their file with --profiles."
        )


def _print_examples(console: Console, kind: FaultKind, counted: Mapping[Source, Quality]) -> None:
    found = [
        (supporter, fault.evidence)
        for (_, supporter), source in counted.items()
        for fault in source.faults
        if fault.kind == kind
    ]
    for supporter, evidence in found[:EXAMPLES]:
        quote = evidence.quote if len(evidence.quote) <= QUOTE else f"{evidence.quote[:QUOTE]}..."
        where = f"with {supporter}, seeker {evidence.profile[:8]}, turn {evidence.turn + 1}"
        console.print(f"{kind}: {quote!r} ({where})", markup=False, highlight=False)
