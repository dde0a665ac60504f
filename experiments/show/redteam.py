"""The outcome of a red team, in the terminal."""

from collections.abc import Iterator

from rich.console import Console

from ..files.redteam_texts import Trial
from ..work.redteam import Row, Share, Verdicts
from .tables import table_of

COLUMNS = ("texts", "unsafe caught", "95% interval", "fine refused", "95% interval ")


def print_verdicts(console: Console, verdicts: Verdicts, *, show: bool = False) -> None:
    """Print the shares by category, form and language; with `show`, also every wrong verdict."""
    groups = (verdicts.by_category, verdicts.by_form, verdicts.by_language, verdicts.by_kind)
    rows = [_cells(row) for group in groups for row in group]
    console.print(table_of("Red team", COLUMNS, [*rows, _cells(verdicts.total)], text=COLUMNS[:1]))
    if show:
        for title, trials in (("missed", verdicts.missed), ("refused", verdicts.over_refused)):
            for trial in trials:
                console.print(f"{title} ({trial.category}): {said(trial)}", markup=False)


def said(trial: Trial) -> str:
    """The words of a trial in one line."""
    return " | ".join(" ".join(text.split()) for text in (*trial.fields.values(), *trial.turns))


def _cells(row: Row) -> tuple[str, ...]:
    return (row.name, *_share(row.caught), *_share(row.refused))


def _share(share: Share) -> Iterator[str]:
    if not share.of:
        yield from ("-", "")
        return
    yield f"{share.count}/{share.of} ({100 * share.count / share.of:.1f}%)"
    yield f"{100 * share.low:.1f} to {100 * share.high:.1f}%"
