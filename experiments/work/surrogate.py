"""The verbs on surrogate appraisers: files of dialogues in, records out."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from esc_skills.metrics.surrogate.power import Power

from ..files.atomic_writes import require_writable
from ..files.transcripts import read_transcripts
from .progress import OnProgress, silent
from .surrogates import (
    Checked,
    FittedSurrogate,
    check_dialogues,
    find_powers,
    fit_surrogate,
    load,
    save,
)


def fit(
    transcripts: Sequence[Path],
    to: Path,
    *,
    simulator: str | None = None,
    profiles: Sequence[Path] = (),
    seed: int = 0,
    on_progress: OnProgress = silent,
) -> FittedSurrogate:
    """Learn from dialogues to expect the change of emotion, and write the surrogate.

    Args:
        transcripts: Transcript files, run directories, or directories that hold some.
        to: File of the surrogate, JSON.
        simulator: Simulator of files whose name does not say it.
        profiles: Files of the seekers.
        seed: Seed of folds and resampling.
        on_progress: Called with every step as it begins.

    Raises:
        UserError: A file is bad, there are too few seekers, several simulators, or the extra
            `surrogate` is missing.
    """
    require_writable(to)
    read = list(read_transcripts(transcripts, simulator=simulator, profiles=profiles))
    steps = count(1)
    fitted = fit_surrogate(read, seed, on_step=lambda step: on_progress(step, next(steps)))
    save(fitted, to)
    return fitted


def check(
    surrogate: Path,
    transcripts: Sequence[Path],
    *,
    simulator: str | None = None,
    profiles: Sequence[Path] = (),
) -> Checked:
    """Put dialogues beside what a surrogate expects, and raise alarms.

    Args:
        surrogate: File of `fit`.
        transcripts: Transcript files, run directories, or directories that hold some.
        simulator: Simulator of files whose name does not say it.
        profiles: Files of the seekers.

    Raises:
        UserError: A file is bad, or the surrogate cannot judge these dialogues.
    """
    fitted = load(surrogate)
    read = read_transcripts(transcripts, simulator=simulator, profiles=profiles)
    return check_dialogues(fitted, list(read))


def power(
    transcripts: Sequence[Path],
    *,
    simulator: str | None = None,
    profiles: Sequence[Path] = (),
    seed: int = 0,
) -> list[Power]:
    """Find from how many dialogues `check` sees appraisals that are shifted by some points.

    Args:
        transcripts: Transcript files, run directories, or directories that hold some.
        simulator: Simulator of files whose name does not say it.
        profiles: Files of the seekers.
        seed: Seed that halves the seekers.

    Raises:
        UserError: A file is bad, or there are too few seekers, or several simulators.
    """
    read = read_transcripts(transcripts, simulator=simulator, profiles=profiles)
    return find_powers(list(read), seed)
