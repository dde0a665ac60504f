"""What the same seekers reach without skills: gains over it say more than levels.

Levels differ by up to 30 points between simulators, since some seekers cheer up whoever talks with
them; what a bank adds to a silent listener, and to a plain model, is the bank's own.
"""

from collections.abc import Sequence

from rich.table import Table

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
        if all(rollout.standing is None for rollout in played):
            continue
        gain = gain_of(list(zip(played, rollouts, strict=False)))
        found.append(Baseline(name=name, score=summarize(played).score, gain=gain))
    return tuple(found)


def baseline_table(baselines: Sequence[Baseline]) -> Table:
    """Levels of the baselines, and what the bank adds to each."""
    table = Table(title="Human gain: what the bank adds for the same seekers")
    for column in ("over", "its score", "gain", "95% interval", "pairs"):
        table.add_column(column, justify="left" if column == "over" else "right")
    for row in baselines:
        gain = row.gain
        shown = ("none", "", "0") if gain is None else (
            f"{gain.mean:+.1f}", f"{gain.low:+.1f} to {gain.high:+.1f}", str(gain.n)
        )  # fmt: skip
        table.add_row(row.name, f"{row.score.mean:.1f}", *shown)
    return table
