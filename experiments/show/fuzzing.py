"""What came of mutated inputs, in the terminal."""

from collections.abc import Sequence

from rich.console import Console

from ..fuzz.bombs import MOST_MEMORY, Bomb
from ..fuzz.fuzzing import Outcome
from .tables import table_of

COLUMNS = ("input", "tried", "accepted", "refused", "faults", "slowest")
BOMB_COLUMNS = ("bomb", "bytes", "most memory", "exit code")


def print_outcomes(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print a row for each kind of input, the sum, and every kind of fault."""
    rows = [
        (
            one.kind,
            f"{one.tried:,}",
            f"{one.accepted:,}",
            f"{one.refused:,}",
            f"{one.failed:,}",
            f"{one.slowest:.1f} s",
        )
        for one in outcomes
    ]
    console.print(table_of("Mutated inputs", COLUMNS, rows, text=COLUMNS[:1]))
    tried, failed = (sum(getattr(one, n) for one in outcomes) for n in ("tried", "failed"))
    memory = max(one.memory for one in outcomes)
    console.print(f"{tried:,} inputs, {failed:,} faults, at most {memory} MB of memory.")
    for one in outcomes:
        for fault in one.faults:
            console.print(
                f"{one.kind}: {fault.count} x {fault.what}: {fault.example}", markup=False
            )


def print_bombs(console: Console, bombs: Sequence[Bomb]) -> None:
    """Print what reading each bomb took."""
    if not bombs:
        return
    rows = [(b.name, f"{b.size:,}", f"{b.memory} MB", str(b.code)) for b in bombs]
    console.print(table_of("Bombs", BOMB_COLUMNS, rows, text=BOMB_COLUMNS[:1]))
    bad = [bomb.name for bomb in bombs if not bomb.harmless]
    console.print(f"{len(bad)} of {len(bombs)} take {MOST_MEMORY} MB or more, hang or fail.")
