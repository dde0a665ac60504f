"""Who won in conflicting requests, and what became of questions, in the terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from scipy import stats

from ..work.requests import Outcome, Verdict
from .tables import table_of

_OTHERS: tuple[Verdict, ...] = (
    "skill won", "wish won", "made up", "declined", "nobody won", "no answer",
)  # fmt: skip


def print_outcomes(console: Console, outcomes: Sequence[Outcome], *, show: bool = False) -> None:
    """Print a line for each kind of request; with `show`, also every reply that was not right."""
    names = sorted({outcome.group for outcome in outcomes})
    groups = {name: [one for one in outcomes if one.group == name] for name in names}
    columns = ("requests", "number", "right", "95% interval", *_OTHERS)
    rows = [_row(name, found) for name, found in groups.items()]
    title = "Conduct over skill over wish; answers within what is known"
    console.print(table_of(title, columns, [*rows, None, _row("all", outcomes)]))
    for outcome in outcomes if show else ():
        if outcome.verdict != "right":
            said = " ".join(outcome.reply.split())
            console.print(f"{outcome.request.id}: {outcome.verdict}: {said}", markup=False)


def _row(name: str, found: Sequence[Outcome]) -> tuple[str, ...]:
    counts = Counter(outcome.verdict for outcome in found)
    right = counts["right"]
    bounds = stats.binomtest(right, len(found)).proportion_ci(method="wilson")
    others = (str(counts[verdict] or "-") for verdict in _OTHERS)
    interval = f"{bounds.low:.0%} to {bounds.high:.0%}"
    return (name, str(len(found)), f"{right} ({right / len(found):.0%})", interval, *others)
