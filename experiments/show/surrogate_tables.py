"""What `esc-skills surrogate` prints."""

from collections.abc import Sequence
from typing import get_args

from rich.console import Console
from rich.text import Text

from esc_skills.metrics.surrogate.drift import ERROR_RATE, FAR, DriftCheck
from esc_skills.metrics.surrogate.evaluation import Accuracy, Replies
from esc_skills.metrics.surrogate.power import Power

from ..work.surrogates import SIGHTS, Checked, FittedSurrogate
from .tables import Cell, estimate, table_of

SHOWN = 10
"""Turns judged far off that are printed."""
QUOTE = 60
"""Characters of a quote."""


def print_fitted(console: Console, fitted: FittedSurrogate) -> None:
    """Accuracy of a surrogate compared with the state alone, and its use as control variate."""
    for replies in get_args(Replies):
        rows = [row for row in fitted.accuracies if row.replies == replies]
        title = f"{replies.capitalize()} replies: accuracy of the predicted change"
        columns = ("held out", "features", "correlation", "R2", "AUC")
        console.print(table_of(title, columns, map(_accuracy, rows), text=columns))
    console.print(
        "95% intervals over dialogues. AUC: how often a helpful reply is predicted to help more "
        "than an unhelpful reply; 0.5 is chance."
    )
    for cut in fitted.cuts:
        console.print(
            f"As control variate ({SIGHTS[cut.sees]}) it removes {cut.share.mean:.0%} "
            f"({cut.share.low:.0%} to {cut.share.high:.0%}) of the variance of the {cut.estimate}."
        )


def print_checked(console: Console, checked: Checked) -> None:
    """Alarms about sources, and the appraisals furthest from the prediction."""
    columns = (
        "simulator | supporter",
        "compared with",
        "dialogues",
        "level",
        "p",
        "spread",
        "p",
        "verdict",
    )
    table = table_of(
        "Actual and predicted appraisals",
        columns,
        map(_alarm, checked.alarms),
        text=("simulator | supporter", "compared with", "verdict"),
        caption=f"False alarms: {ERROR_RATE:.0%} of the sources at most.",
    )
    console.print(table)
    if any(alarm.beside == "others" for alarm in checked.alarms):
        console.print(
            "Compared with others, a shift cannot be told from the style of a new supporter. To "
            "check for drift, play a supporter from the training data against the simulator again."
        )
    if checked.learnt:
        console.print(f"Not tested: {checked.learnt} dialogues that it was fitted on.")
    if checked.foreign:
        console.print(
            f"Not tested: {checked.foreign} dialogues in a language without training data."
        )
    if checked.strangers:
        names = ", ".join(checked.strangers)
        console.print(
            f"No training data: simulator {names}; its scores may differ without drift.",
            markup=False,
        )
    console.print(
        f"{len(checked.far)} of {checked.replies} appraisals are far from the prediction "
        f"({FAR:.0%} is usual)."
    )
    _print_far(console, checked)


def _print_far(console: Console, checked: Checked) -> None:
    """The appraisals that are furthest from the prediction."""
    for turn in checked.far[:SHOWN]:
        reply = " ".join(turn.reply.split())
        quote = reply if len(reply) <= QUOTE else f"{reply[:QUOTE]}..."
        console.print(
            f"{turn.given:+d}, predicted {turn.expected:+.1f}: {quote!r} ({turn.source}, seeker "
            f"{turn.seeker}, turn {turn.turn + 1})",
            markup=False,
            highlight=False,
        )


def print_powers(console: Console, found: Sequence[Power]) -> None:
    """How often each shift is detected, by number of dialogues."""
    sizes = sorted({row.dialogues for row in found})
    shares = {(row.shift, row.dialogues): row.share for row in found}
    shifts = dict.fromkeys(row.shift for row in found)
    table = table_of(
        "Share of alarms by shift and number of dialogues",
        ("points per reply", *map(str, sizes)),
        ((f"{shift:+d}", *(f"{shares[shift, size]:.0%}" for size in sizes)) for shift in shifts),
        text=(),
        caption="One supporter, compared with its own dialogues. At +0 every alarm is false.",
    )
    console.print(table)


def _accuracy(row: Accuracy) -> tuple[str, ...]:
    figures = (estimate(each, ".2f") for each in (row.correlation, row.r2, row.auc))
    return row.split.removesuffix(" unseen"), SIGHTS[row.sees], *figures


def _alarm(alarm: DriftCheck) -> tuple[Cell, ...]:
    stray = alarm.stray
    verdict = Text(f"{' and '.join(alarm.kinds)} drifts", "red") if alarm.kinds else Text("usual")
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
