"""Coverage of the sealed test's interval where the gains of seekers are skewed, rare or humped."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from esc_skills.metrics.evidence.statistics import UNSEEN_GAIN, clustered_interval

from ..show.tables import table_of

Gains = NDArray[np.float64]
SEEKERS = (8, 16, 40)
RUNS = 1000
REPLICATES = 4


def _humped(rng: np.random.Generator, seekers: int) -> Gains:
    """Dialogues end at 0 or at 100; a seeker's chance of 100 rises by 8 points on average."""
    before = rng.uniform(0.2, 0.72, seekers)
    after = before + rng.uniform(-0.04, 0.2, seekers)
    ends = rng.binomial(REPLICATES, after) - rng.binomial(REPLICATES, before)
    return 100 * ends / REPLICATES


def _rare_harm(rng: np.random.Generator, seekers: int) -> Gains:
    return np.where(rng.random(seekers) < 0.1, -60.0, rng.normal(0, 5, seekers))


def _rare_gain(rng: np.random.Generator, seekers: int) -> Gains:
    return np.where(rng.random(seekers) < 1 / 8, 60.0, 0.0)


def _rarer_harm(rng: np.random.Generator, seekers: int) -> Gains:
    return np.where(rng.random(seekers) < 0.05, -80.0, 3.0)


OUTCOMES: dict[str, tuple[Callable[[np.random.Generator, int], Gains], float]] = {
    "humped: dialogues end at 0 or 100": (_humped, 8.0),
    "1 in 10 loses 60": (_rare_harm, -6.0),
    "1 in 8 gains 60, the rest exactly 0": (_rare_gain, 7.5),
    "1 in 20 loses 80, the rest gains 3": (_rarer_harm, -4.0 + 0.95 * 3),
}
"""Gains of seekers, and their true mean."""


def coverage(runs: int = RUNS) -> Table:
    """Share of 95% intervals that contain the true gain, with and without allowance for the unseen.

    Args:
        runs: Sealed tests simulated in each cell.
    """
    rows: list[tuple[str, ...]] = []
    for name, (draw, truth) in OUTCOMES.items():
        for seekers in SEEKERS:
            plain, ours, width = _cell(draw, truth, seekers, runs)
            rows.append((name, f"{seekers}", f"{plain:.1%}", f"{ours:.1%}", f"{width:.0f}"))
    columns = ("gains of seekers", "seekers", "Student's t", "ours", "mean half-width")
    return table_of(f"Coverage of 95% intervals, {runs} tests each", columns, rows)


def _cell(
    draw: Callable[[np.random.Generator, int], Gains], truth: float, seekers: int, runs: int
) -> tuple[float, float, float]:
    rng = np.random.default_rng(0)
    plain, ours, width = 0, 0, 0.0
    for _ in range(runs):
        gains = {str(i): [float(gain)] for i, gain in enumerate(draw(rng, seekers))}
        t = clustered_interval(gains, (-100, 100))
        wide = clustered_interval(gains, (-100, 100), unseen=UNSEEN_GAIN)
        plain += t.low <= truth <= t.high
        ours += wide.low <= truth <= wide.high
        width += (wide.high - wide.low) / 2 / runs
    return plain / runs, ours / runs, width
