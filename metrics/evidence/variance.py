"""Variance of scores by source: supporter, profile, or rest."""

from collections.abc import Mapping

import numpy as np

from esc_skills.signatures.frozen import Frozen


class VarianceShares(Frozen):
    """Shares of the spread of final emotions; they sum to 1."""

    supporter: float
    profile: float
    rest: float
    """Supporter with profile, and noise: one dialogue a cell cannot tell the two apart."""
    supporters: int
    profiles: int
    """Profiles that every supporter met."""


def variance_shares(cells: Mapping[str, Mapping[str, float]]) -> VarianceShares | None:
    """Two-way analysis of variance without interaction, as shares of the sum of squares.

    Shares of sums of squares (eta squared; Fisher 1925) describe the table at hand: with fewer
    supporters, more of the noise falls to the profile. Published SAGE, 12 supporters: 15, 28, 57%.

    Args:
        cells: Mean final emotion in points, 0..100, by supporter and profile; profiles that some
            supporter did not meet are left out.

    Returns:
        None where there are not two supporters with two shared profiles, or nothing varies.
    """
    shared = set.intersection(*(set(row) for row in cells.values())) if cells else set()
    if len(cells) < 2 or len(shared) < 2:
        return None
    table = np.array([[row[name] for name in sorted(shared)] for row in cells.values()])
    mean = table.mean()
    total = float(((table - mean) ** 2).sum())
    if not total:
        return None
    supporter = float(table.shape[1] * ((table.mean(axis=1) - mean) ** 2).sum()) / total
    profile = float(table.shape[0] * ((table.mean(axis=0) - mean) ** 2).sum()) / total
    return VarianceShares(
        supporter=supporter,
        profile=profile,
        rest=max(0.0, 1 - supporter - profile),
        supporters=len(cells),
        profiles=len(shared),
    )
