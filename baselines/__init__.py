"""Baselines: other search strategies with the same interface and accounting, for comparison.

Each module states the configuration of its baseline and the defects that are worked around. All
play through the project's runner, so all have the same seeds, cache, budget and sealed test; only
`random` and `gepa-paired` also have the safety gates, which are not part of the others' rules.
"""

from .registry import OPTIMIZERS as OPTIMIZERS
