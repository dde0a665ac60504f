"""The search for habits of speech with which simulated seekers talk like real ones."""

from collections.abc import Callable, Mapping, Sequence
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
    talk_of_rollout,
)
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.behaviour import SeekerBehaviour
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import SEEKER_TURNS

from ..errors import UserError

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
        for patience in (SEEKER_TURNS, shown["patience"]):
            study.enqueue_trial({**shown, "patience": patience})

        def played(habits: SeekerBehaviour | None) -> dict[str, float]:
            return distances(values, features(self._talks(habits, range(self._replicates))))

        before = played(None)
        if not before:
            raise UserError(
                "the real dialogues must differ from each other, so that a distance to them can be "
                "measured, but are all alike. Give other dialogues."
            )
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
        "patience": round(min(SEEKER_TURNS, max(3, mean["turns"]))),
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
        patience=trial.suggest_int("patience", max(3, shown["patience"] - 2), SEEKER_TURNS),
    )
