"""Leaderboards and fault counts as tables, for `esc-skills sage`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.leaderboard import Leaderboard
from esc_skills.metrics.sage.quality import Quality, quality
from esc_skills.metrics.sage.simulator_agreement import SimulatorAgreement, simulator_agreements
from esc_skills.programs.simulation.seeker_faults import FAULTS, FaultKind
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
        console.print(_groups(board))
        if board.differences:
            console.print(_differences(board))
        _print_shares(console, board)
        _print_endings(console, board)
    if len(boards) > 1:
        console.print(
            "Levels of different simulators cannot be compared, so each has its own leaderboard."
        )
    for found in simulator_agreements(boards):
        console.print(_agreement_line(found), markup=False)


def _agreement_line(found: SimulatorAgreement) -> str:
    first, second = found.simulators
    order = "too few to compare their order"
    if found.order is not None:
        order = f"their ranks correlate by {found.order.mean:.2f} ({_range(found.order, '.2f')})"
    low, high = found.gaps
    return (
        f"{found.supporters} supporters met the seekers of both {first} and {second}: {order}; "
        f"levels with {second} differ by {low:+.1f} to {high:+.1f} points."
    )


def _print_endings(console: Console, board: Leaderboard) -> None:
    """What did not end with an emotion, and how it counts."""
    for words, counts in (
        ("No reply of the supporter, counted as 0", [row.silent for row in board.standings]),
        ("Missing data, not counted", [row.invalid for row in board.standings]),
    ):
        rows = zip(counts, board.standings, strict=True)
        if found := ", ".join(f"{count} with {row.supporter}" for count, row in rows if count):
            console.print(f"{words}: {found}.", markup=False)
    if board.unscored:
        console.print(f"Nothing but missing data: {', '.join(board.unscored)}.", markup=False)


def _table(title: str, *columns: str) -> Table:
    """A table whose first column is a name and whose others are figures."""
    table = Table(title=escape(title))
    for place, column in enumerate(map(escape, columns)):
        if place:
            table.add_column(column, justify="right", overflow="fold")
        else:
            table.add_column(column, no_wrap=True)
    return table


def _standings(board: Leaderboard) -> Table:
    columns = ("supporter", "place", "n", "score", "95% interval", "success", "failure")
    table = _table(f"SAGE score, simulator {board.simulator}", *columns)
    for row in board.standings:
        best, worst = row.places
        table.add_row(
            escape(row.supporter),
            f"{best}" if best == worst else f"{best} to {worst}",
            str(row.score.n),
            f"{row.published:.1f}",
            _range(row.score),
            f"{row.success:.0%}",
            f"{row.failure:.0%}",
        )
    table.caption = "Supporters whose paired difference may be zero share their places."
    return table


def _groups(board: Leaderboard) -> Table:
    """Score by character and by hidden intention: one line a group, one column a supporter."""
    rows = board.standings
    table = _table(
        "Score by the seeker's character and hidden intention", "", *(row.supporter for row in rows)
    )
    for part in ([row.characters for row in rows], [row.intentions for row in rows]):
        for group in sorted({name for scores in part for name in scores}):
            found = (scores.get(group) for scores in part)
            table.add_row(
                escape(group), *(f"{score.mean:.1f}" if score else "-" for score in found)
            )
        table.add_section()
    return table


def _differences(board: Leaderboard) -> Table:
    columns = ("better", "worse", "points", "95% interval", "n", "")
    table = _table("Differences, paired by profile", *columns)
    for row in board.differences:
        table.add_row(
            escape(row.better),
            escape(row.worse),
            f"{row.points.mean:+.1f}",
            _range(row.points, "+.1f"),
            str(row.points.n),
            "sure" if row.sure else "open",
        )
    table.caption = f"{len(board.differences)} intervals, each for itself."
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


def quality_table(simulator: str, counted: Mapping[str, Quality]) -> Table:
    """Fault counts of one simulator: one line a kind, one column a supporter."""
    table = _table(f"Faults, simulator {simulator}", "with", *counted)
    table.add_row("dialogues", *(str(found.dialogues) for found in counted.values()))
    table.add_row("seeker turns", *(str(found.turns) for found in counted.values()))
    table.add_section()
    for kind in FAULTS:
        cells = (
            "?" if _unseen(found, kind) else str(found.counts[kind]) for found in counted.values()
        )
        table.add_row(kind, *cells)
    return table


def _unseen(found: Quality, kind: FaultKind) -> bool:
    """Whether no dialogue could be searched for this fault."""
    return kind == "leak" and found.unchecked == found.dialogues


def print_quality(console: Console, counted: Mapping[Source, Quality]) -> None:
    """The faults of each simulator, with every supporter that it met, and examples of each kind."""
    for name in sorted({simulator for simulator, _ in counted}):
        rows = {other: row for (simulator, other), row in counted.items() if simulator == name}
        if len(rows) > 1:
            rows["all"] = reduce(Quality.__add__, rows.values())
        console.print(quality_table(name, rows))
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
