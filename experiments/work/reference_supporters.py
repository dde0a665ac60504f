"""What the same seekers reach without skills: gains over it say more than levels.

Levels differ by up to 30 points between simulators, since some seekers cheer up whoever talks with
them; what a bank adds to a silent listener, and to a plain model, is the bank's own.
"""

from collections.abc import Sequence

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.summary import summarize
from esc_skills.optimizers.challenge import gain_of
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.simulation.listener import SilentListener
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout


class Baseline(Frozen):
    """What one supporter without skills reaches with the seekers of an evaluation."""

    name: str
    score: Interval
    """Its own mean final emotion in points, 0..100."""
    gain: Interval | None
    """Points that the evaluated bank adds, paired by seeker and replicate; None where each pair
    has a side that is missing data."""


def measure_baselines(
    runner: Runner, pairs: Sequence[Pair], rollouts: Sequence[Rollout], turns: int
) -> tuple[Baseline, ...]:
    """A silent listener and a plain supporter without skills, with the seekers of some rollouts.

    Args:
        runner: Plays with the same models and seeds.
        pairs: Seekers and replicates.
        rollouts: Those of the evaluated bank, in the order of `pairs`.
        turns: Seeker turns a dialogue.
    """
    agents = {"silent listener": SilentListener(), "plain supporter": SupportAgent()}
    found: list[Baseline] = []
    for name, agent in agents.items():
        played = runner.play(agent, pairs, turns=turns)
        if all(rollout.counted_score is None for rollout in played):
            continue
        gain = gain_of(list(zip(played, rollouts, strict=False)))
        found.append(Baseline(name=name, score=summarize(played).score, gain=gain))
    return tuple(found)
