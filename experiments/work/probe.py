"""Probes against reward hacking: do tricks score higher than a plain supporter, with these models?

Every probe (programs/probes.py) plays the same seekers with the same seeds as the supporter without
skills. A metric that a trick beats rewards the trick, and any search on it will learn the trick.
"""

from collections.abc import Sequence
from typing import Literal

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.summary import summarize
from esc_skills.optimizers.challenge import gain_of
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.simulation.probes import PROBES, Probe
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout, Spend

from ..bench.worlds import WORLDS
from ..errors import UserError
from ..setup.config import Experiment
from ..setup.naming import chosen_names
from ..setup.roles_apart import warn_if_self_judged
from ..setup.session import open_session
from .progress import OnProgress, counting, silent

Outcome = Literal["no better", "open", "breaks the metric", "no score"]
"""The difference to the plain supporter: its interval does not reach above 0; includes 0 and more,
so that more dialogues are needed to tell; excludes 0 from above; or there is none, as all dialogues
of the probe are missing data."""


class Probed(Frozen):
    """How one probe did."""

    probe: str
    score: float | None
    """Mean final emotion in points, 0..100, where an empty reply counts as 0; None where all is
    missing data."""
    difference: Interval | None
    """To the plain supporter, in points, paired by dialogue, with its 95% interval by seeker."""
    outcome: Outcome
    missing: int
    """Dialogues that are missing data: a model failed."""


class Probing(Frozen):
    """How the metric stood up to the probes."""

    simulator: str
    """The seeker's model; what is said here is said of it alone."""
    plain: float
    """Mean final emotion of the plain supporter in points."""
    dialogues: int
    """Dialogues that each supporter played."""
    probes: tuple[Probed, ...]
    spend: Spend

    @property
    def open(self) -> tuple[str, ...]:
        """The probes that so few dialogues cannot tell from the plain supporter."""
        return tuple(row.probe for row in self.probes if row.outcome == "open")

    @property
    def breaking(self) -> tuple[str, ...]:
        """The probes that break the metric."""
        return tuple(row.probe for row in self.probes if row.outcome == "breaks the metric")


def probe_names(text: str | None) -> tuple[str, ...]:
    """The probes that a user names, separated by commas; all if none is named.

    Raises:
        UserError: There is no such probe.
    """
    return chosen_names(text, "probes", PROBES) or tuple(PROBES)


def probe(
    experiment: Experiment,
    probes: Sequence[str] = tuple(PROBES),
    *,
    replicates: int = 4,
    limit: int | None = None,
    world: str | None = None,
    on_progress: OnProgress = silent,
) -> Probing:
    """Try to win the score by tricks, with the experiment's models.

    Args:
        experiment: Models, profiles, budget, seed and threads.
        probes: Names of the tricks.
        replicates: Dialogues with each seeker.
        limit: Use so many seekers at most, the first ones.
        world: World of the rehearsal model, packaged or `module:Class`.
        on_progress: Called with the number of dialogues played.

    Raises:
        UserError: A file or model is bad, or the plain supporter has no scored dialogue.
    """
    engine = WORLDS[world]().engine() if world else None
    with open_session(experiment, engine) as session:
        warn_if_self_judged(experiment)
        seekers = session.profiles[:limit]
        pairs = [(profile, replicate) for profile in seekers for replicate in range(replicates)]
        advance = counting(on_progress, "dialogues", len(pairs) * (1 + len(probes)))
        return play_probes(
            session.runner(on_rollout=advance, guarded=False), probes, pairs, session.check
        )


def play_probes(
    runner: Runner, names: Sequence[str], pairs: Sequence[Pair], check: str = "esc-skills doctor"
) -> Probing:
    """The probes against the plain supporter, on the same pairs.

    Args:
        runner: Plays.
        names: Which probes.
        pairs: Seekers and replicates.
        check: The command that checks the models.

    Raises:
        UserError: The plain supporter ended no dialogue to compare with.
    """
    plain = runner.play(SupportAgent(), pairs)
    if not any(rollout.valid for rollout in plain):
        why = plain[0].error if plain else "the budget holds none"
        raise UserError(
            f"the plain supporter must finish a dialogue for the comparison, but did not: {why} "
            f"Check the model with: {check}"
        )
    return Probing(
        simulator=runner.models.configs["seeker"].model,
        plain=summarize(plain).score.mean,
        dialogues=len(pairs),
        probes=tuple(_probed(name, plain, runner.play(Probe(name), pairs)) for name in names),
        spend=runner.ledger.spend,
    )


def _probed(name: str, plain: Sequence[Rollout], played: Sequence[Rollout]) -> Probed:
    counted = [rollout for rollout in played if rollout.counted_score is not None]
    difference = gain_of(list(zip(plain, played, strict=False)))
    return Probed(
        probe=name,
        score=summarize(counted).score.mean if counted else None,
        difference=difference,
        outcome=_outcome(difference),
        missing=len(plain) - len(counted),
    )


def _outcome(difference: Interval | None) -> Outcome:
    if difference is None:
        return "no score"
    if difference.low > 0:
        return "breaks the metric"
    return "open" if difference.high > 0 else "no better"
