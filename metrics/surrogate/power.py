"""Power of the drift check: how many dialogues detect a shift of the appraisals.

The surrogate learns half of the seekers. In the other half every change is moved by the shift,
within -10..10; emotions follow, so that what the surrogate sees of the state takes up a part of the
shift, as it would. Dialogues of one supporter are then resampled and compared with its own.
"""

import random
from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import Field

from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.protocol import BEST_CHANGE, EMOTION_START, SUCCESS_AT, WORST_CHANGE
from esc_skills.signatures.rollouts import Exchange
from esc_skills.signatures.transcripts import Transcript

from .drift import Stray, drift_checks, reference, stray_of
from .evaluation import cross_fitted
from .model import Design, fit
from .moments import moments

SHIFTS = (0, -1, -2, -3, 3)
"""Points a reply; at 0 an alarm is a false one."""
DIALOGUES = (5, 10, 15, 20, 30, 40)
"""Dialogues of one supporter, drawn from those at hand."""
DRAWS = 100
"""Draws for each supporter, shift and number of dialogues."""


class Power(Frozen):
    """How often a shift raises an alarm."""

    shift: int
    """Points by which every appraisal was moved."""
    dialogues: int = Field(ge=1)
    share: float = Field(ge=0, le=1)
    """Share of the draws, over supporters, in which an alarm was raised."""


def shifted(transcript: Transcript, by: int) -> Transcript:
    """A dialogue as a simulator would have judged it whose appraisals lie `by` points off.

    It ends where its emotion reaches 0, and never sooner at 100 than the dialogue did.
    """
    emotion, moved = EMOTION_START, list[Exchange]()
    for exchange in transcript.rollout.exchanges:
        if exchange.appraisal is None:
            moved.append(exchange)
            continue
        change = max(WORST_CHANGE, min(BEST_CHANGE, exchange.appraisal.change + by))
        emotion = max(0, min(SUCCESS_AT, emotion + change))
        appraisal = exchange.appraisal.model_copy(update={"change": change})
        moved.append(exchange.model_copy(update={"appraisal": appraisal, "emotion": emotion}))
        if emotion == 0:
            break
    rollout = transcript.rollout.model_copy(update={"exchanges": tuple(moved)})
    return transcript.model_copy(update={"rollout": rollout})


def powers(transcripts: Sequence[Transcript], seed: int) -> list[Power]:
    """How often each of `SHIFTS` is seen in each number of `DIALOGUES`.

    Args:
        transcripts: Dialogues of one simulator.
        seed: Halves the seekers, and draws dialogues.

    Raises:
        ValueError: There are too few seekers to halve.
    """
    learnt, others = _halves(transcripts, seed)
    design = Design(moments(learnt)) if learnt else None
    own = design and cross_fitted(design, "profiles unseen", "all", seed)
    if design is None or own is None or not others:
        raise ValueError("the power of an alarm is found on two seekers or more in each half")
    usual, surrogate = reference(design, own, own), fit(design)
    found: list[Power] = []
    for shift in SHIFTS:
        moved = Design(moments(shifted(each, shift) for each in others))
        off = moved.changes - surrogate.predict(moved)
        for size in DIALOGUES:
            drawing = np.random.default_rng([seed, size])
            drawn = list(_drawn(moved, off, size, drawing))
            if drawn:
                share = sum(bool(alarm.kinds) for alarm in drift_checks(drawn, usual)) / len(drawn)
                found.append(Power(shift=shift, dialogues=size, share=share))
    return found


def _halves(
    transcripts: Sequence[Transcript], seed: int
) -> tuple[list[Transcript], list[Transcript]]:
    """The dialogues of one half of the seekers, and of the other."""
    seekers = sorted({each.rollout.profile for each in transcripts})
    random.Random(seed).shuffle(seekers)
    first = set(seekers[: len(seekers) // 2])
    return (
        [each for each in transcripts if each.rollout.profile in first],
        [each for each in transcripts if each.rollout.profile not in first],
    )


def _drawn(
    design: Design, off: np.ndarray, size: int, drawing: np.random.Generator
) -> Iterator[Stray]:
    """Sources that have as many, as they would look in `size` dialogues; `DRAWS` times each."""
    replies: dict[str, dict[str, list[float]]] = {}
    for moment, value in zip(design.moments, off, strict=True):
        replies.setdefault(moment.source, {}).setdefault(moment.dialogue, []).append(float(value))
    for source, dialogues in sorted(replies.items()):
        values = list(dialogues.values())
        for _ in range(DRAWS if size <= len(values) else 0):
            rows = [values[place] for place in drawing.permutation(len(values))[:size]]
            cluster = np.repeat(np.arange(size), [len(row) for row in rows])
            yield stray_of(source, np.concatenate(rows), cluster)
