"""Leaderboards and fault counts in the terminal, for `esc-skills sage`."""

from collections.abc import Mapping, Sequence
from functools import reduce

from rich.console import Console
from rich.table import Table

from esc_skills.metrics.sage.leaderboard import Difference, Leaderboard, LeaderboardRow
from esc_skills.metrics.sage.quality import Quality
from esc_skills.metrics.sage.simulator_agreement import SimulatorAgreement
from esc_skills.programs.simulation.seeker_faults import FAULTS, FaultKind

from ..work.score import Scores, Source
from .tables import bounds, counted, table_of

EXAMPLES = 2
"""Faults of each kind that are quoted."""
QUOTE = 60
"""Characters of a quote."""


def print_scores(console: Console, found: Scores) -> None:
    """Print every table of every leaderboard, and what limits their meaning."""
    for board in found.boards:
        console.print(_scores_table(board))
        console.print(_groups(board))
        if board.differences:
            console.print(_differences(board))
        _print_shares(console, board)
        _print_endings(console, board)
    if len(found.boards) > 1:
        console.print(
            "Scores of different simulators are not comparable, so each has its own leaderboard."
        )
    for agreement in found.agreements:
        console.print(_agreement_line(agreement), markup=False)
    for run in found.runs:
        console.print(
            f"Warning: the search in {run} used these dialogues to choose its banks, so their "
            f"scores are too high. For an unbiased score see its sealed test: "
            f"esc-skills report {run}",
            markup=False,
        )


def _agreement_line(found: SimulatorAgreement) -> str:
    first, second = found.simulators
    order = "too few to compare their ranks"
    if found.order is not None:
        order = f"their ranks correlate by {found.order.mean:.2f} ({bounds(found.order, '.2f')})"
    low, high = found.gaps
    return (
        f"{found.supporters} supporters met the seekers of both {first} and {second}: {order}; "
        f"scores with {second} differ by {low:+.1f} to {high:+.1f} points."
    )


def _print_endings(console: Console, board: Leaderboard) -> None:
    """What did not end with an emotion, and how it counts."""
    for words, counts in (
        ("Supporter gave no reply, counted as 0", [row.silent for row in board.standings]),
        ("Missing data, not counted", [row.invalid for row in board.standings]),
    ):
        rows = zip(counts, board.standings, strict=True)
        if found := ", ".join(f"{count} with {row.supporter}" for count, row in rows if count):
            console.print(f"{words}: {found}.", markup=False)
    if board.unscored:
        console.print(f"Only missing data: {', '.join(board.unscored)}.", markup=False)


def _scores_table(board: Leaderboard) -> Table:
    def cells(row: LeaderboardRow) -> tuple[str, ...]:
        best, worst = row.places
        return (
            row.supporter,
            f"{best}" if best == worst else f"{best} to {worst}",
            str(row.score.n),
            f"{row.published:.1f}",
            bounds(row.score),
            f"{row.success:.0%}",
            f"{row.failure:.0%}",
        )

    return table_of(
        f"SAGE score, simulator {board.simulator}",
        ("supporter", "place", "n", "score", "95% interval", "success", "failure"),
        map(cells, board.standings),
        caption="Supporters whose paired difference may be zero share their places.",
    )


def _groups(board: Leaderboard) -> Table:
    """Score by character and by hidden intention: one line a group, one column a supporter."""
    standings = board.standings
    rows: list[Sequence[str] | None] = []
    for part in ([row.characters for row in standings], [row.intentions for row in standings]):
        for group in sorted({name for scores in part for name in scores}):
            found = (scores.get(group) for scores in part)
            rows.append((group, *(f"{score.mean:.1f}" if score else "-" for score in found)))
        rows.append(None)
    title = "Score by the seeker's character and hidden intention"
    return table_of(title, ("", *(row.supporter for row in standings)), rows)


def _differences(board: Leaderboard) -> Table:
    def cells(row: Difference) -> tuple[str, ...]:
        gap = row.points
        sure = "sure" if row.sure else "unclear"
        return (
            row.better, row.worse, f"{gap.mean:+.1f}", bounds(gap, "+.1f"), str(gap.n), sure,
        )  # fmt: skip

    number = len(board.differences)
    chance = (
        f" By chance alone, {0.05 * number:.0f} of them would look sure." if number >= 20 else ""
    )
    return table_of(
        "Differences, paired by profile",
        ("better", "worse", "points", "95% interval", "n", ""),
        map(cells, board.differences),
        text=("better", "worse", ""),
        caption=f"{counted(number, '95% interval')}, uncorrected for multiplicity.{chance}",
    )


def _print_shares(console: Console, board: Leaderboard) -> None:
    shares = board.shares
    if shares is not None:
        console.print(
            f"Variance of the final emotion over {shares.supporters} supporters and "
            f"{shares.profiles} profiles: supporter {shares.supporter:.0%}, profile "
            f"{shares.profile:.0%}, rest {shares.rest:.0%}."
        )


def quality_table(simulator: str, found: Mapping[str, Quality]) -> Table:
    """Fault counts of one simulator: one line a kind, one column a supporter."""
    rows: list[Sequence[str] | None] = [
        ("dialogues", *(str(each.dialogues) for each in found.values())),
        ("seeker turns", *(str(each.turns) for each in found.values())),
        None,
    ]
    for kind in FAULTS:
        cells = ("?" if _unseen(each, kind) else str(each.counts[kind]) for each in found.values())
        rows.append((kind, *cells))
    return table_of(f"Faults, simulator {simulator}", ("with", *found), rows)


def _unseen(found: Quality, kind: FaultKind) -> bool:
    """Whether no dialogue could be searched for this fault."""
    return kind == "leak" and found.unchecked == found.dialogues


def print_quality(console: Console, found: Mapping[Source, Quality]) -> None:
    """The faults of each simulator, with every supporter that it met, and examples of each kind."""
    for name in sorted({simulator for simulator, _ in found}):
        rows = {other: row for (simulator, other), row in found.items() if simulator == name}
        if len(rows) > 1:
            rows["all"] = reduce(Quality.__add__, rows.values())
        console.print(quality_table(name, rows))
    for kind in FAULTS:
        _print_examples(console, kind, found)
    if unchecked := sum(source.unchecked for source in found.values()):
        console.print(
            f"{unchecked} dialogues could not be searched for leaks, because their profiles "
            "are unknown. Name their file with --profiles."
        )


def _print_examples(console: Console, kind: FaultKind, sources: Mapping[Source, Quality]) -> None:
    found = [
        (supporter, fault.evidence)
        for (_, supporter), source in sources.items()
        for fault in source.faults
        if fault.kind == kind
    ]
    for supporter, evidence in found[:EXAMPLES]:
        quote = evidence.quote if len(evidence.quote) <= QUOTE else f"{evidence.quote[:QUOTE]}..."
        where = f"with {supporter}, seeker {evidence.profile}, turn {evidence.turn + 1}"
        console.print(f"{kind}: {quote!r} ({where})", markup=False, highlight=False)
