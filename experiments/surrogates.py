"""Surrogate appraisers from files of dialogues, and their tables; for `esc-skills surrogate`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from esc_skills.metrics.statistics import Interval
from esc_skills.metrics.surrogate.control import Cut, cuts
from esc_skills.metrics.surrogate.drift import (
    ERROR_RATE,
    FAR,
    Alarm,
    FarTurn,
    Reference,
    check,
    reference,
)
from esc_skills.metrics.surrogate.evaluation import (
    SPLITS,
    Accuracy,
    Replies,
    accuracies,
    cross_fitted,
)
from esc_skills.metrics.surrogate.model import Design, Sees, Surrogate, fit
from esc_skills.metrics.surrogate.moments import Moment, moments
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.transcripts import Transcript

from .errors import UserError
from .run_directory import first, write_whole

FEWEST_SEEKERS = 5
SHOWN = 10
"""Turns judged far off that are printed."""
QUOTE = 60
"""Characters of a quote."""
_SIGHTS: dict[Sees, str] = {"state": "state", "all": "+ reply"}


class FittedSurrogate(Frozen):
    """A surrogate as it is saved: with what is usual for it, and how well it does."""

    surrogate: Surrogate
    reference: Reference
    accuracies: tuple[Accuracy, ...]
    cuts: tuple[Cut, ...]


class Checked(Frozen):
    """Dialogues beside what a surrogate expects of them."""

    alarms: tuple[Alarm, ...]
    far: tuple[FarTurn, ...]
    """Turns judged far off, the furthest first."""
    replies: int
    learnt: tuple[str, ...]
    """Sources that the surrogate was fitted on; it knows them too well to be tested on them."""
    strangers: tuple[str, ...]
    """Simulators that the surrogate has not learnt; their levels differ by nature."""


def fit_surrogate(
    transcripts: Sequence[Transcript], seed: int, on_step: Callable[[str], None] = lambda _: None
) -> FittedSurrogate:
    """Fit a surrogate, and find out by cross-fitting how well it does.

    Raises:
        UserError: There are too few seekers to leave some out, or several simulators.
    """
    on_step("reading replies")
    design = _design(moments(transcripts))
    seekers = {moment.seeker for moment in design.moments}
    if len(seekers) < FEWEST_SEEKERS:
        raise UserError(
            f"a surrogate needs {FEWEST_SEEKERS} seekers or more, so that some can be left out, "
            f"but got {len(seekers)}. Give more dialogues."
        )
    simulators = sorted({transcript.simulator for transcript in transcripts})
    if len(simulators) > 1:
        raise UserError(
            "a surrogate must learn from one simulator, since levels differ between them, but got "
            f"{', '.join(simulators)}. Give the dialogues of one."
        )
    rows: list[Accuracy] = []
    cut: list[Cut] = []
    usual: Reference | None = None
    for split in SPLITS:
        for sees in _SIGHTS:
            on_step(f"{split}: {_SIGHTS[sees]}")
            expected = cross_fitted(design, split, sees, seed)
            if expected is None:
                continue
            rows += accuracies(design, split, sees, expected, seed)
            if sees == "all":
                usual = reference(design, expected)
            if split == "both unseen":
                cut += cuts(design, sees, expected, seed)
    if usual is None:
        raise UserError("no dialogue could be left out to test the surrogate. Give more dialogues.")
    on_step("fitting on all")
    return FittedSurrogate(
        surrogate=fit(design), reference=usual, accuracies=tuple(rows), cuts=tuple(cut)
    )


def save(fitted: FittedSurrogate, path: Path) -> None:
    """Write a surrogate as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, fitted.model_dump_json())


def load(path: Path) -> FittedSurrogate:
    """The surrogate in a file.

    Raises:
        UserError: It is missing, or no surrogate of this version.
    """
    try:
        return FittedSurrogate.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        found = first(error) if isinstance(error, ValidationError) else str(error)
        raise UserError(
            f"{path} must be a surrogate of this version, but: {found}. "
            "Make one with: esc-skills surrogate fit TRANSCRIPTS --to FILE"
        ) from error


def check_dialogues(fitted: FittedSurrogate, transcripts: Sequence[Transcript]) -> Checked:
    """Put dialogues beside what a surrogate expects.

    Raises:
        UserError: No reply is appraised, or the surrogate knows of one supporter only.
    """
    everything = moments(transcripts)
    known = set(fitted.surrogate.sources)
    learnt = tuple(sorted({moment.source for moment in everything} & known))
    new = [moment for moment in everything if moment.source not in known]
    if learnt and not new:
        raise UserError(
            f"the dialogues must be others than the surrogate was fitted on, but {learnt[0]} is "
            "among those. Give others, or fit it on fewer."
        )
    design = _design(new)
    try:
        found, far = check(fitted.surrogate, fitted.reference, design)
    except ValueError as error:
        raise UserError(f"{error}.") from error
    simulators = {transcript.simulator for transcript in transcripts}
    return Checked(
        alarms=tuple(found),
        far=tuple(far),
        replies=len(design.moments),
        learnt=learnt,
        strangers=tuple(sorted(simulators - set(fitted.surrogate.simulators))),
    )


def _design(found: Sequence[Moment]) -> Design:
    if not found:
        raise UserError("there must be an appraised reply in the dialogues, but there is none.")
    return Design(found)


def print_fitted(console: Console, fitted: FittedSurrogate) -> None:
    """How well a surrogate does, beside the state alone, and what it is worth."""
    for replies in get_args(Replies):
        rows = [row for row in fitted.accuracies if row.replies == replies]
        table = Table(title=f"{replies.capitalize()} replies: how well the change is told")
        for column in ("left out", "sees", "correlation", "R2", "AUC"):
            table.add_column(column, no_wrap=True)
        for row in rows:
            cells = (_range(row.correlation), _range(row.r2), _range(row.auc))
            table.add_row(row.split.removesuffix(" unseen"), _SIGHTS[row.sees], *cells)
        console.print(table)
    console.print("With 95% intervals over dialogues. AUC: of a reply that did good over another.")
    for cut in fitted.cuts:
        console.print(
            f"As control variate, sees {_SIGHTS[cut.sees]}: takes off the {cut.estimate} "
            f"{cut.share.mean:.0%} ({cut.share.low:.0%} to {cut.share.high:.0%}) of the variance."
        )


def print_checked(console: Console, checked: Checked) -> None:
    """Alarms about sources, and the turns that were judged furthest off."""
    table = Table(title="Given appraisals beside expected ones")
    table.add_column("simulator | supporter")
    for column in ("dialogues", "level", "p", "spread", "p"):
        table.add_column(column, justify="right")
    table.add_column("")
    for alarm in checked.alarms:
        stray = alarm.stray
        verdict = f"[red]{' and '.join(alarm.kinds)} strays[/]" if alarm.kinds else "usual"
        table.add_row(
            escape(stray.source),
            str(stray.dialogues),
            f"{stray.level:+.1f}",
            f"{alarm.level_p:.3f}",
            f"{stray.spread:.0f}",
            f"{alarm.spread_p:.3f}",
            verdict,
        )
    table.caption = f"False alarms: {ERROR_RATE:.0%} of the sources at most."
    console.print(table)
    if checked.learnt:
        console.print(f"Not tested, as it was fitted on them: {', '.join(checked.learnt)}.")
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
            f"{turn.seeker[:8]}, turn {turn.turn + 1})",
            markup=False,
            highlight=False,
        )


def _range(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    return f"{interval.mean:.2f} {interval.low:.2f}..{interval.high:.2f}"
