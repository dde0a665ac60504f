"""What `esc-skills surrogate` prints."""

from collections.abc import Sequence
from typing import get_args

from rich.console import Console
from rich.text import Text

from esc_skills.metrics.surrogate.drift import ERROR_RATE, FAR, Alarm
from esc_skills.metrics.surrogate.evaluation import Accuracy, Replies
from esc_skills.metrics.surrogate.power import Power

from ..work.surrogates import SIGHTS, Checked, FittedSurrogate
from .tables import Cell, estimate, table_of

SHOWN = 10
"""Turns judged far off that are printed."""
QUOTE = 60
"""Characters of a quote."""


def print_fitted(console: Console, fitted: FittedSurrogate) -> None:
    """How well a surrogate does, beside the state alone, and what it is worth."""
    for replies in get_args(Replies):
        rows = [row for row in fitted.accuracies if row.replies == replies]
        title = f"{replies.capitalize()} replies: how well the change is told"
        columns = ("left out", "sees", "correlation", "R2", "AUC")
        console.print(table_of(title, columns, map(_accuracy, rows), text=columns))
    console.print(
        "With 95% intervals over dialogues. AUC: how often a reply that did good is expected to do "
        "more than another; 0.5 is chance."
    )
    for cut in fitted.cuts:
        console.print(
            f"As control variate ({SIGHTS[cut.sees]}) it takes {cut.share.mean:.0%} "
            f"({cut.share.low:.0%} to {cut.share.high:.0%}) of the variance off the {cut.estimate}."
        )


def print_checked(console: Console, checked: Checked) -> None:
    """Alarms about sources, and the turns that were judged furthest off."""
    columns = (
        "simulator | supporter",
        "beside",
        "dialogues",
        "level",
        "p",
        "spread",
        "p",
        "verdict",
    )
    table = table_of(
        "Given appraisals beside expected ones",
        columns,
        map(_alarm, checked.alarms),
        text=("simulator | supporter", "beside", "verdict"),
        caption=f"False alarms: {ERROR_RATE:.0%} of the sources at most.",
    )
    console.print(table)
    if any(alarm.beside == "others" for alarm in checked.alarms):
        console.print(
            "Beside others a shift of some points cannot be told from another supporter's manner; "
            "to see one, let a supporter that was learnt talk with the simulator again."
        )
    if checked.learnt:
        console.print(f"Not tested: {checked.learnt} dialogues that it was fitted on.")
    if checked.foreign:
        console.print(f"Not tested: {checked.foreign} dialogues in a language it has not learnt.")
    if checked.strangers:
        names = ", ".join(checked.strangers)
        console.print(f"Not learnt: simulator {names}; levels differ by nature.", markup=False)
    console.print(
        f"{len(checked.far)} of {checked.replies} replies were judged far off ({FAR:.0%} usual)."
    )
    for turn in checked.far[:SHOWN]:
        reply = " ".join(turn.reply.split())
        quote = reply if len(reply) <= QUOTE else f"{reply[:QUOTE]}..."
        console.print(
            f"{turn.given:+d}, expected {turn.expected:+.1f}: {quote!r} ({turn.source}, seeker "
            f"{turn.seeker}, turn {turn.turn + 1})",
            markup=False,
            highlight=False,
        )


def print_powers(console: Console, found: Sequence[Power]) -> None:
    """Shifts beside numbers of dialogues, and how often each is seen."""
    sizes = sorted({row.dialogues for row in found})
    shares = {(row.shift, row.dialogues): row.share for row in found}
    shifts = dict.fromkeys(row.shift for row in found)
    table = table_of(
        "Alarms at shifted appraisals, by dialogues checked",
        ("points a reply", *map(str, sizes)),
        ((f"{shift:+d}", *(f"{shares[shift, size]:.0%}" for size in sizes)) for shift in shifts),
        text=(),
        caption="Of one supporter, beside itself. At +0 every alarm is a false one.",
    )
    console.print(table)


def _accuracy(row: Accuracy) -> tuple[str, ...]:
    figures = (estimate(each, ".2f") for each in (row.correlation, row.r2, row.auc))
    return row.split.removesuffix(" unseen"), SIGHTS[row.sees], *figures


def _alarm(alarm: Alarm) -> tuple[Cell, ...]:
    stray = alarm.stray
    verdict = Text(f"{' and '.join(alarm.kinds)} strays", "red") if alarm.kinds else Text("usual")
    return (
        stray.source,
        alarm.beside,
        str(stray.dialogues),
        f"{stray.level:+.1f}",
        f"{alarm.level_p:.3f}",
        f"{stray.spread:.0f}",
        f"{alarm.spread_p:.3f}",
        verdict,
    )
