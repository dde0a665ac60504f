"""The guard's own time, without a model: reading a message, and checking a reply."""

import time
from collections.abc import Callable, Sequence

import numpy as np
from rich.table import Table

from esc_skills.programs.conduct.danger import read_danger
from esc_skills.programs.conduct.replies import check_reply
from esc_skills.signatures.dialogue import Turn

from ..files.redteam_texts import REPORTED, read_trials
from ..show.tables import table_of

WARM = 60
"""Texts before those that are timed; the automata build their states as they meet texts."""
TIMED = 180


def guard_time() -> Table:
    """Milliseconds of processor time a message and a reply, each text seen for the first time."""
    trials = read_trials([REPORTED])
    messages = [text for trial in trials for text in trial.turns]
    replies = [text for trial in trials for text in trial.fields.values()]
    before = [Turn(speaker="seeker", text="I had a hard day at work.")]
    rows = [
        ("read a message", *_milliseconds(lambda text: read_danger([text]), messages)),
        ("check a reply", *_milliseconds(lambda text: check_reply(text, before), replies)),
    ]
    return table_of(f"The guard's own time, {TIMED} texts", ("what", "mean ms", "95th %"), rows)


def _milliseconds(work: Callable[[str], object], texts: Sequence[str]) -> tuple[str, str]:
    taken: list[float] = []
    for text in texts[: WARM + TIMED]:
        started = time.process_time()
        work(text)
        taken.append(1000 * (time.process_time() - started))
    timed = taken[WARM:]
    return f"{np.mean(timed):.2f}", f"{np.quantile(timed, 0.95):.2f}"
