"""Agreement of two simulators on the ranks of supporters, and the difference of their levels.

Scores of different simulators are not comparable; this module shows how much they differ.
"""

from collections.abc import Sequence
from itertools import combinations

from esc_skills.signatures.frozen import Frozen

from ..evidence.agreement import rank_correlation
from ..evidence.statistics import Interval
from .leaderboard import Leaderboard


class SimulatorAgreement(Frozen):
    """Two simulators on the supporters that met the seekers of both."""

    simulators: tuple[str, str]
    supporters: int
    """How many they share, at least one."""
    order: Interval | None
    """Spearman's correlation of the supporters' means, -1..1; None where too few are shared."""
    gaps: tuple[float, float]
    """Least and greatest difference of a supporter's means, second minus first, in points."""


def simulator_agreements(boards: Sequence[Leaderboard]) -> tuple[SimulatorAgreement, ...]:
    """Of each two simulators that share a supporter."""
    found: list[SimulatorAgreement] = []
    for first, second in combinations(boards, 2):
        ours, theirs = _means(first), _means(second)
        shared = sorted(ours.keys() & theirs.keys())
        if shared:
            gaps = [theirs[name] - ours[name] for name in shared]
            order = rank_correlation([ours[n] for n in shared], [theirs[n] for n in shared])
            found.append(
                SimulatorAgreement(
                    simulators=(first.simulator, second.simulator),
                    supporters=len(shared),
                    order=order,
                    gaps=(min(gaps), max(gaps)),
                )
            )
    return tuple(found)


def _means(board: Leaderboard) -> dict[str, float]:
    return {row.supporter: row.score.mean for row in board.standings}
