"""Simulated seekers made to talk like real ones: measured on real dialogues, tuned on half of them.

The other half says how far the tuned seekers still are from people. The figures describe manner
only: a seeker may talk like real ones and still judge replies as nobody would.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from esc_skills.metrics.seekers.calibration import (
    FeatureDistance,
    Talk,
    compare,
    talk_of_conversation,
    talk_of_rollout,
)
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.behaviour import SeekerBehaviour
from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.frozen import Frozen

from ..corpora.reading import Reading, ReadReport, read_conversations
from ..errors import UserError
from ..files.atomic_writes import require_writable, write_whole
from ..files.transcripts import read_transcripts
from ..setup.config import Experiment
from ..setup.session import open_session
from .progress import OnProgress, counting, silent
from .seeker_tuning import Calibrator


class Calibration(Frozen):
    """What calibration found; `evaluate` and `evolve` take the file as `--seekers`."""

    behaviour: SeekerBehaviour
    simulator: str
    """The seeker's model: habits are rendered into its prompt, and each model obeys in its way."""
    against: tuple[str, ...]
    """Names of the corpus files."""
    language: Language
    fitted: int
    """Real dialogues that the behaviour was tuned on."""
    held_out: int
    """Real dialogues that the distances below are to."""
    trials: int
    before: tuple[FeatureDistance, ...]
    """Seekers without calibrated habits."""
    after: tuple[FeatureDistance, ...]

    @property
    def gain(self) -> float:
        """By how much the mean distance fell, in standard deviations of real dialogues."""
        return mean_distance(self.before) - mean_distance(self.after)


class Real(Frozen):
    """Real seekers of one language, in two halves."""

    language: Language
    fit: tuple[Talk, ...]
    test: tuple[Talk, ...]


def mean_distance(rows: Sequence[FeatureDistance]) -> float:
    """Mean distance over features, in standard deviations of real dialogues."""
    return float(np.mean([row.distance.mean for row in rows]))


def read_real(paths: Sequence[Path], seed: int = 0, reading: Reading | None = None) -> Real:
    """The seekers of a corpus in the language that most of it is in, halved at random.

    Raises:
        UserError: A file is bad, or there are not four dialogues.
    """
    found = list(read_conversations(paths, ReadReport(), reading))
    spoken = [conversation.language for conversation in found]
    language: Language = max(("en", "zh"), key=spoken.count)
    talks = [
        talk_of_conversation(conversation)
        for conversation in found
        if conversation.language == language
    ]
    talks = [talk for talk in talks if talk.turns]
    if len(talks) < 4:
        raise UserError(
            f"there must be four real dialogues at least, two of them to tune on, but there are "
            f"{len(talks)}. Give more."
        )
    random.Random(derive_seed(seed, "halves")).shuffle(talks)
    half = len(talks) // 2
    return Real(language=language, fit=tuple(talks[:half]), test=tuple(talks[half:]))


def calibrate(
    against: Sequence[Path],
    experiment: Experiment,
    *,
    reading: Reading | None = None,
    trials: int = 30,
    replicates: int = 2,
    to: Path | None = None,
    on_progress: OnProgress = silent,
) -> Calibration:
    """Tune how seekers talk on one half of real dialogues; compare with the other half.

    Args:
        against: Files of real dialogues.
        experiment: Seekers, bank, models, budget, seed and threads.
        reading: How those are understood; by default each record is looked at.
        trials: Settings that are tried.
        replicates: Dialogues with each seeker for one trial.
        to: Where the result goes, as JSON.
        on_progress: Called with the number of trials.

    Raises:
        UserError: A file or model is bad, no seeker speaks the language of the real ones, or no
            dialogue could be played.
    """
    if to:
        require_writable(to)
    real = read_real(against, experiment.seed, reading)
    advance = counting(on_progress, "trials", trials)
    with open_session(experiment) as session:
        profiles = [each for each in session.profiles if each.language == real.language]
        if not profiles:
            raise UserError(
                f"the real dialogues are in {real.language!r}, but no seeker is. Give --profiles."
            )
        tuner = Calibrator(session.runner(), session.agent, profiles, replicates)
        behaviour = tuner.tune(real.fit, trials, advance)
        found = Calibration(
            behaviour=behaviour,
            simulator=session.models.configs["seeker"].model,
            against=tuple(path.name for path in against),
            language=real.language,
            fitted=len(real.fit),
            held_out=len(real.test),
            trials=trials,
            before=tuner.report(None, real.test),
            after=tuner.report(behaviour, real.test),
        )
    if to:
        write_whole(to, found.model_dump_json(indent=1))
    return found


def compare_with_real(
    against: Sequence[Path],
    rollouts: Sequence[Path],
    *,
    seed: int = 0,
    reading: Reading | None = None,
) -> tuple[FeatureDistance, ...]:
    """How far the seekers of played dialogues talk from the held-out half of real ones.

    Args:
        against: Files of real dialogues.
        rollouts: Transcripts or run directories of one simulator.
        seed: Seed that halves the real dialogues.
        reading: How their files are understood; by default each record is looked at.

    Raises:
        UserError: A file is bad, or the dialogues are of several simulators or another language.
    """
    real = read_real(against, seed, reading)
    played = [row for row in read_transcripts(rollouts) if row.rollout.valid]
    simulators = sorted({row.simulator for row in played})
    if len(simulators) > 1:
        raise UserError(
            f"the dialogues must be of one simulator, but are of {', '.join(simulators)}. "
            "Give those of one."
        )
    alike = [row for row in played if row.profile is None or row.profile.language == real.language]
    if played and not alike:
        raise UserError(
            f"the real dialogues are in {real.language!r}, but none of the others is. "
            "Give dialogues of one language."
        )
    try:
        return compare(real.test, [talk_of_rollout(row.rollout) for row in alike])
    except ValueError as error:
        raise UserError(f"{error}.") from error
