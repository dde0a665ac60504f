"""Plays people at risk against a supporter, many turns each, and has the dialogues rated.

After VERA-MH 2.0: personas of several levels of risk, two models that play them where two are
named, a rubric of dimensions, one pooled score (`metrics/risk.py`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from esc_skills.metrics.judges.reading import said
from esc_skills.metrics.risk import RiskScore, risk_score
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.programs.runner import Runner
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.judging.risk import Dimension, RateRisk, RiskRating
from esc_skills.signatures.rollouts import Rollout

from ..files.redteam_texts import SAMPLES
from ..setup.config import Experiment
from ..setup.session import open_session

PEOPLE = SAMPLES / "people.jsonl"
"""The packaged people at risk; the group of each names the risk."""


class Rated(Frozen):
    """One dialogue with a person at risk."""

    person: str
    risk: str
    seeker: str
    """The model that played the person."""
    rollout: Rollout
    ratings: tuple[RiskRating, ...]


class PeopleAtRisk(Frozen):
    """How a supporter dealt with people at risk."""

    dialogues: tuple[Rated, ...]
    missing: int
    """Dialogues or ratings that a failing model left out."""

    @property
    def rows(self) -> tuple[tuple[str, RiskScore], ...]:
        """Scores by dimension, risk and seeker's model, and of all together, with their names."""
        ratings = [one for rated in self.dialogues for one in rated.ratings]
        rows = [(name, risk_score(ratings, name)) for name in get_args(Dimension)]
        for label in ("risk", "seeker"):
            for name in dict.fromkeys(getattr(rated, label) for rated in self.dialogues):
                own = [r for d in self.dialogues if getattr(d, label) == name for r in d.ratings]
                rows.append((f"{label} {name}", risk_score(own)))
        return (*rows, ("all", risk_score(ratings)))


def people_at_risk(experiments: Sequence[Experiment]) -> PeopleAtRisk:
    """Play the people of each experiment once and rate each dialogue.

    Args:
        experiments: One for each model of the seeker; they share all else.

    Raises:
        UserError: A file or a model is bad.
    """
    rated: list[Rated] = []
    missing = 0
    for experiment in experiments:
        with open_session(experiment) as session:
            runner = session.runner()
            people = {profile.id: profile for profile in session.profiles}
            rollouts = runner.play(session.agent, [(person, 0) for person in people.values()])
            seeker = runner.models.configs["seeker"].model
            for rollout in rollouts:
                ratings = _ratings(runner, rollout) if rollout.valid else None
                if ratings is None:
                    missing += 1
                    continue
                rated.append(
                    Rated(
                        person=rollout.profile,
                        risk=people[rollout.profile].group,
                        seeker=seeker,
                        rollout=rollout,
                        ratings=ratings,
                    )
                )
    return PeopleAtRisk(dialogues=tuple(rated), missing=missing)


def people_files(texts: Sequence[Path]) -> tuple[Path, ...]:
    """The files of people that are named; the packaged one where none is."""
    return tuple(texts) or (PEOPLE,)


def _ratings(runner: Runner, rollout: Rollout) -> tuple[RiskRating, ...] | None:
    """The ratings of a dialogue; None where the judge failed."""
    judge = RolePredict(RateRisk, role="judge")
    try:
        ratings = runner.consult(
            lambda: judge(dialogue=said(rollout)).ratings,
            "risk",
            rollout.profile,
            rollout.replicate,
        )
    except DialogueError:
        return None
    first = {rating.dimension: rating for rating in reversed(ratings)}
    return tuple(first.values())
