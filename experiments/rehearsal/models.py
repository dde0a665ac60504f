"""The rehearsal model, ready to use: every role answered offline, at no cost."""

from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner

from . import REHEARSAL
from .engine import RehearsalEngine


def rehearsal_models(budget: Budget | None = None) -> Models:
    """Models of all roles that answer offline, from a small deterministic world.

    They show the machinery, not psychology. Use `Models` with LiteLLM names for real ones.

    Args:
        budget: What may be spent; unlimited if none is given.
    """
    return Models(engines={REHEARSAL: RehearsalEngine()}, ledger=Ledger(budget))


def rehearsal_runner(*, budget: Budget | None = None, seed: int = 0, threads: int = 4) -> Runner:
    """A runner that plays dialogues with `rehearsal_models`.

    Args:
        budget: What may be spent; unlimited if none is given.
        seed: The run's seed; the same seed gives the same dialogues.
        threads: Dialogues that are played at once; the results do not depend on it.
    """
    return Runner(rehearsal_models(budget), seed=seed, threads=threads)
