"""Simulated seekers made to talk like real ones: measured on real dialogues, tuned on half of them.

The other half says how far the tuned seekers still are from people. The figures describe manner
only: a seeker may talk like real ones and still judge replies as nobody would.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from esc_skills.metrics.seekers.calibration import (
    MOVEMENT,
    FeatureDistance,
    Talk,
    Values,
    compare,
    distances,
    features,
    talk_of_conversation,
    talk_of_rollout,
)
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.behaviour import MOST_TURNS, SeekerBehaviour
from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile

from ..errors import UserError
from ..files.corpora import ReadReport, read_conversations

if TYPE_CHECKING:
    import optuna

HELD_OUT = 1_000
"""Replicates from here on are played for the report only."""
SPOILT = 0.5
"""Weight of the greatest rise of a distance, so that none is bought with another."""
STARTS = 6
"""Trials before the sampler learns from them."""
REPORTED = 4
"""So many times the replicates of a trial are played for the report."""


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


def read_real(paths: Sequence[Path], seed: int = 0) -> Real:
    """The seekers of a corpus in the language that most of it is in, halved at random.

    Raises:
        UserError: A file is bad, or there are not four dialogues.
    """
    found = list(read_conversations(paths, ReadReport()))
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


class Calibrator:
    """Plays seekers with habits of speech and finds those that make them talk like real ones.

    Args:
        runner: Plays the dialogues.
        agent: The supporter that they talk with.
        profiles: The seekers, all of the language of the real ones.
        replicates: Dialogues with each of them for one trial.
    """

    def __init__(
        self,
        runner: Runner,
        agent: SupportAgent,
        profiles: Sequence[Profile],
        replicates: int = 1,
    ) -> None:
        self._runner, self._agent = runner, agent
        self._profiles, self._replicates = profiles, replicates

    def report(
        self, behaviour: SeekerBehaviour | None, real: Sequence[Talk]
    ) -> tuple[FeatureDistance, ...]:
        """Distances of seekers with these habits, in dialogues that no trial has seen."""
        replicates = range(HELD_OUT, HELD_OUT + REPORTED * self._replicates)
        return compare(real, self._talks(behaviour, replicates))

    def _talks(self, behaviour: SeekerBehaviour | None, replicates: range) -> list[Talk]:
        """What seekers with these habits say.

        Raises:
            UserError: No dialogue could be played.
        """
        pairs = [
            (profile.model_copy(update={"behaviour": behaviour}), replicate)
            for profile in self._profiles
            for replicate in replicates
        ]
        rollouts = self._runner.play(self._agent, pairs)
        found = [talk_of_rollout(rollout) for rollout in rollouts if rollout.valid]
        if not found:
            why = rollouts[0].error if rollouts else "the budget holds none"
            raise UserError(f"a dialogue must be played to its end, but none was: {why}.")
        return found

    def tune(
        self, real: Sequence[Talk], trials: int, on_trial: Callable[[], object] = lambda: None
    ) -> SeekerBehaviour:
        """The habits with the least `loss`; the first trials take what real seekers show.

        Every trial plays the same replicates, so that trials differ by the habits. Source of the
        sampler: TPE (Bergstra et al., 2011).
        """
        import optuna  # heavy, and only needed here

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(
            seed=derive_seed(self._runner.seed, "seekers"), n_startup_trials=STARTS
        )
        study = optuna.create_study(direction="minimize", sampler=sampler)
        values = features(real)
        values.pop(MOVEMENT)  # no habit of speech moves it
        shown = _shown_by(values)
        for patience in (MOST_TURNS, shown["patience"]):
            study.enqueue_trial({**shown, "patience": patience})

        def played(habits: SeekerBehaviour | None) -> dict[str, float]:
            return distances(values, features(self._talks(habits, range(self._replicates))))

        before = played(None)
        for _ in range(trials):
            trial = study.ask()
            study.tell(trial, loss(played(_suggested(trial, shown)), before))
            on_trial()
        return SeekerBehaviour.model_validate(study.best_params)


def loss(found: Mapping[str, float], before: Mapping[str, float]) -> float:
    """Mean distance, and `SPOILT` of the greatest rise over seekers without habits, in SDs."""
    risen = [found[name] - before[name] for name in found.keys() & before.keys()]
    return float(np.mean(list(found.values()))) + SPOILT * max(0.0, *risen)


def _shown_by(real: Values) -> dict[str, Any]:
    """The habits that real seekers show, where they can be read off."""
    mean = {name: float(values.mean()) for name, values in real.items() if len(values)}
    return {
        "words": round(min(60, max(2, mean["words a turn"]))),
        "warming": 0.0,
        "openness": 0.5,
        "questions": round(mean["questions"], 2),
        "resistance": round(mean["resistance"], 2),
        "gratitude": round(mean["gratitude"], 2),
        "individuality": 0.3,
        "patience": round(min(MOST_TURNS, max(3, mean["turns"]))),
    }


def _suggested(trial: "optuna.Trial", shown: Mapping[str, Any]) -> SeekerBehaviour:
    """Habits in the neighbourhood of those shown: a model that is told a share may overdo it."""

    def share(name: str) -> float:
        high = round(min(1.0, 2.5 * shown[name] + 0.1), 2)
        return trial.suggest_float(name, 0, high, step=0.01)

    return SeekerBehaviour(
        words=trial.suggest_int("words", max(2, shown["words"] // 2), 2 * shown["words"]),
        warming=trial.suggest_float("warming", -0.8, 0.8, step=0.1),
        openness=share("openness"),
        questions=share("questions"),
        resistance=share("resistance"),
        gratitude=share("gratitude"),
        individuality=trial.suggest_float("individuality", 0, 1, step=0.05),
        patience=trial.suggest_int("patience", max(3, shown["patience"] - 2), MOST_TURNS),
    )


def calibrate(
    calibrator: Calibrator,
    real: Real,
    names: tuple[str, tuple[str, ...]],
    trials: int,
    on_trial: Callable[[], object] = lambda: None,
) -> Calibration:
    """Tune on one half of the real dialogues, compare with the other before and after.

    Args:
        calibrator: Plays the seekers.
        real: The real seekers.
        names: The simulator's, and those of the corpus files.
        trials: Settings that are tried.
        on_trial: Called after each.
    """
    behaviour = calibrator.tune(real.fit, trials, on_trial)
    return Calibration(
        behaviour=behaviour,
        simulator=names[0],
        against=names[1],
        language=real.language,
        fitted=len(real.fit),
        held_out=len(real.test),
        trials=trials,
        before=calibrator.report(None, real.test),
        after=calibrator.report(behaviour, real.test),
    )
