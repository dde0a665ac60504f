"""Surrogate appraisers from files of dialogues; for `esc-skills surrogate`."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from esc_skills.metrics.surrogate.control import Cut, cuts
from esc_skills.metrics.surrogate.drift import DriftCheck, FarTurn, Reference, check, reference
from esc_skills.metrics.surrogate.evaluation import (
    SPLITS,
    Accuracy,
    Split,
    accuracies,
    cross_fitted,
)
from esc_skills.metrics.surrogate.model import Design, Sees, Surrogate, fit
from esc_skills.metrics.surrogate.moments import Moment, language_spoken, moments
from esc_skills.metrics.surrogate.power import Power, powers
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError, first_problem
from ..files.atomic_writes import write_whole
from ..setup.extras import require_extra

FEWEST_SEEKERS = 5
_FEATURE = "A surrogate appraiser"
_DIGITS = 16
"""Hexadecimal digits of a dialogue's fingerprint."""
SIGHTS: dict[Sees, str] = {"state": "state", "all": "+ reply"}
"""What each kind of model sees, as tables say it."""


class FittedSurrogate(Frozen):
    """A surrogate as it is saved: with what is usual for it, and how well it does."""

    surrogate: Surrogate
    reference: Reference
    dialogues: tuple[str, ...]
    """Fingerprints of the dialogues that were learnt; it knows them too well to be tested."""
    accuracies: tuple[Accuracy, ...]
    cuts: tuple[Cut, ...]


class Checked(Frozen):
    """Dialogues beside what a surrogate expects of them."""

    alarms: tuple[DriftCheck, ...]
    far: tuple[FarTurn, ...]
    """Turns judged far off, the furthest first."""
    replies: int
    learnt: int
    """Dialogues left out, since the surrogate was fitted on them."""
    foreign: int
    """Dialogues left out, since they are in a language that the surrogate has not learnt."""
    strangers: tuple[str, ...]
    """Simulators that the surrogate has not learnt; their levels differ by nature."""


def fit_surrogate(
    transcripts: Sequence[Transcript], seed: int, on_step: Callable[[str], None] = lambda _: None
) -> FittedSurrogate:
    """Fit a surrogate, and find out by cross-fitting how well it does.

    Raises:
        UserError: There are too few seekers to leave some out, several simulators, or the extra
            `surrogate` is missing.
    """
    require_extra("surrogate", _FEATURE)
    _one_simulator(transcripts)
    on_step("reading replies")
    design = _design(moments(transcripts))
    seekers = {moment.seeker for moment in design.moments}
    if len(seekers) < FEWEST_SEEKERS:
        raise UserError(
            f"a surrogate needs {FEWEST_SEEKERS} seekers or more, so that some can be left out, "
            f"but got {len(seekers)}. Give more dialogues."
        )
    rows: list[Accuracy] = []
    cut: list[Cut] = []
    told: dict[Split, np.ndarray] = {}
    for split in SPLITS:
        for sees in SIGHTS:
            on_step(f"{split}: {SIGHTS[sees]}")
            expected = cross_fitted(design, split, sees, seed)
            if expected is None:
                continue
            rows += accuracies(design, split, sees, expected, seed)
            if sees == "all":
                told[split] = expected
            if split == "both unseen":
                cut += cuts(design, sees, expected, seed)
    own = told["profiles unseen"]  # there are seekers enough to leave some out
    on_step("fitting on all")
    return FittedSurrogate(
        surrogate=fit(design),
        reference=reference(design, told.get("both unseen", own), own),
        dialogues=tuple(sorted({_fingerprint(moment.transcript) for moment in design.moments})),
        accuracies=tuple(rows),
        cuts=tuple(cut),
    )


def save(fitted: FittedSurrogate, path: Path) -> None:
    """Write a surrogate as JSON."""
    write_whole(path, fitted.model_dump_json())


def load(path: Path) -> FittedSurrogate:
    """The surrogate in a file.

    Raises:
        UserError: It is missing, or no surrogate of this version; or the extra `surrogate` is
            missing.
    """
    require_extra("surrogate", _FEATURE)
    try:
        return FittedSurrogate.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        known = first_problem(error) if isinstance(error, ValidationError) else str(error)
        found = str(error.strerror) if isinstance(error, OSError) else known
        raise UserError(
            f"{path} must be a surrogate of this version, but: {found}. "
            "Make one with: esc-skills surrogate fit TRANSCRIPTS --to FILE"
        ) from error


def check_dialogues(fitted: FittedSurrogate, transcripts: Sequence[Transcript]) -> Checked:
    """Put dialogues beside what a surrogate expects.

    Raises:
        UserError: No reply is appraised, the surrogate knows of one supporter only, or has learnt
            another language.
    """
    known = set(fitted.dialogues)
    new = [each for each in transcripts if _fingerprint(each) not in known]
    if not new and transcripts:
        raise UserError(
            "the dialogues must be others than the surrogate was fitted on, but all of them are "
            "among those. Give new ones, or fit it on fewer."
        )
    told = [each for each in new if _understood(each, fitted.surrogate)]
    if new and not told:
        raise UserError(
            f"the dialogues must be in a language that the surrogate was fitted on "
            f"({', '.join(fitted.surrogate.languages)}), but none is. Fit one on such dialogues."
        )
    design = _design(moments(told))
    try:
        found, far = check(fitted.surrogate, fitted.reference, design)
    except ValueError as error:
        raise UserError(f"{error}.") from error
    simulators = {transcript.simulator for transcript in transcripts}
    return Checked(
        alarms=tuple(found),
        far=tuple(far),
        replies=len(design.moments),
        learnt=len(transcripts) - len(new),
        foreign=len(new) - len(told),
        strangers=tuple(sorted(simulators - set(fitted.surrogate.simulators))),
    )


def _understood(transcript: Transcript, surrogate: Surrogate) -> bool:
    """Whether a dialogue, if it has begun, is in a language that was learnt."""
    return not transcript.rollout.exchanges or language_spoken(transcript) in surrogate.languages


def find_powers(transcripts: Sequence[Transcript], seed: int) -> list[Power]:
    """From how many dialogues `check_dialogues` sees a shift.

    Raises:
        UserError: There are too few seekers to halve, several simulators, or the extra `surrogate`
            is missing.
    """
    require_extra("surrogate", _FEATURE)
    _one_simulator(transcripts)
    try:
        return powers(transcripts, seed)
    except ValueError as error:
        raise UserError(f"{error}. Give more dialogues.") from error


def _one_simulator(transcripts: Sequence[Transcript]) -> None:
    simulators = sorted({transcript.simulator for transcript in transcripts})
    if len(simulators) > 1:
        raise UserError(
            "a surrogate must learn from one simulator, since levels differ between them, but got "
            f"{', '.join(simulators)}. Give the dialogues of one."
        )


def _fingerprint(transcript: Transcript) -> str:
    """Identity of a dialogue by what was said, whatever its file is called."""
    said = [(each.seeker, each.reply, each.emotion) for each in transcript.rollout.exchanges]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:_DIGITS]


def _design(found: Sequence[Moment]) -> Design:
    if not found:
        raise UserError("there must be an appraised reply in the dialogues, but there is none.")
    return Design(found)
