"""Whether the model that is judged also judges, which favours its own habits of speech."""

import logging

from esc_skills.programs.models.roles import Role

from ..rehearsal import REHEARSAL
from .config import Experiment

logger = logging.getLogger(__name__)
_JUDGING: tuple[Role, ...] = ("seeker", "judge")


def self_judged(experiment: Experiment) -> str | None:
    """A warning if the supporter's model also plays the seeker or the judge; None otherwise.

    Models rate replies in their own style higher, so such a score is too high and hides what the
    style costs. The rehearsal is exempt: its roles share no opinion.
    """
    models = experiment.role_models
    own = models["supporter"]
    shared = [role for role in _JUDGING if models[role].place == own.place]
    if own.model == REHEARSAL or not shared:
        return None
    return (
        f"Warning: {own.model} plays the supporter and also rates it, as {' and '.join(shared)}; "
        f"models favour their own style. Give another one: --model {shared[0]}=PROVIDER/NAME"
    )


def warn_if_self_judged(experiment: Experiment) -> None:
    """Say so, once its models have answered and before they play."""
    if warning := self_judged(experiment):
        logger.warning(warning)
