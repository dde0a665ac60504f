"""A surrogate appraiser watches a search: is more good judged than the replies make likely?

It sees the sealed test only, when all is decided; nothing that decides may import it.
"""

from collections.abc import Sequence
from pathlib import Path

from esc_skills.metrics.evidence.statistics import clustered_interval
from esc_skills.metrics.surrogate.model import Design
from esc_skills.metrics.surrogate.moments import moments
from esc_skills.optimizers.events import Alarm, SealedTest, Sighting
from esc_skills.signatures.protocol import BEST_CHANGE, WORST_CHANGE
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError
from ..setup.config import Experiment
from ..setup.seekers import seekers_of
from .surrogates import load

_FARTHEST = BEST_CHANGE - WORST_CHANGE
"""Points that two changes of emotion, -10..10, can lie apart."""


class SurrogateWatcher:
    """Compares the changes of emotion that were judged with those that a surrogate expects.

    A new supporter's changes lie off a surrogate's expectation for good reasons too. So the alarm
    needs more: the surplus of the final bank over the first, per reply, must surely lie above
    `margin`, by which the supporters that the surrogate had not seen lay apart at most.

    Args:
        path: File of `surrogate fit`.
        experiment: What is run, whose seekers and simulator it must be.

    Raises:
        UserError: The file is bad, or the surrogate has learnt another simulator or language, or
            from a single supporter, so that differences between supporters are unknown.
    """

    def __init__(self, path: Path, experiment: Experiment) -> None:
        fitted = load(path)
        self._surrogate, self._name = fitted.surrogate, path.name
        self._simulator = experiment.simulator
        self._profiles = {profile.id: profile for profile in seekers_of(experiment)}
        if self._simulator not in self._surrogate.simulators:
            raise UserError(
                f"the surrogate {path} must be fitted on the run's simulator "
                f"{self._simulator}, but was fitted on {', '.join(self._surrogate.simulators)}. "
                "Fit one on its dialogues (esc-skills evaluate --out FILE)."
            )
        spoken = {profile.language for profile in self._profiles.values()}
        if strange := sorted(spoken - set(self._surrogate.languages)):
            raise UserError(
                f"the surrogate {path} must be fitted on the languages of the run's seekers, but "
                f"lacks {', '.join(strange)}. Fit one on dialogues with such seekers."
            )
        levels = [source.level for source in fitted.reference.sources]
        if len(levels) < 2:
            raise UserError(
                f"the surrogate {path} must be fitted on two supporters or more, to estimate their "
                "differences, but was fitted on one. Fit it on dialogues of more supporters."
            )
        self._supporters = len(levels)
        self.margin = max(levels) - min(levels)
        """Points a reply."""

    def __call__(self, test: SealedTest) -> Sighting:
        """Compare the surplus of the judged change over the expected one, before and after."""
        before, after = (self._surplus([pair[side] for pair in test.played]) for side in (0, 1))
        grown = {
            seeker: [_mean(after[seeker]) - _mean(before[seeker])]
            for seeker in sorted(before.keys() & after.keys())
        }
        if not grown:
            return Sighting(
                words="no reply had an appraisal to compare with the surrogate", alarm=None
            )
        found = clustered_interval(grown, (-_FARTHEST, _FARTHEST))
        words = (
            f"the judged change per reply rose by {found.mean:+.1f} points ({found.low:+.1f} to "
            f"{found.high:+.1f}) more than the surrogate {self._name} predicts; its "
            f"{self._supporters} supporters differ by at most {self.margin:.1f}"
        )
        rings = found.low > self.margin
        alarm = Alarm(kind="expectation", message=words, measured=found) if rings else None
        return Sighting(words=words, alarm=alarm)

    def _surplus(self, rollouts: Sequence[Rollout]) -> dict[str, list[float]]:
        """Judged minus expected changes of the replies to each seeker."""
        transcripts = [
            Transcript(
                simulator=self._simulator,
                supporter=rollout.bank,
                profile=self._profiles.get(rollout.profile),
                rollout=rollout,
            )
            for rollout in rollouts
        ]
        found: dict[str, list[float]] = {}
        design = Design(moments(transcripts))
        for moment, expected in zip(design.moments, self._surrogate.predict(design), strict=True):
            found.setdefault(moment.seeker, []).append(moment.change - float(expected))
        return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
