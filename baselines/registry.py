"""Optimizers by name: the search of this package, its baselines, and those of other packages."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from esc_skills.programs.registry import Registry

if TYPE_CHECKING:
    from esc_skills.optimizers.strategy import Strategy

OPTIMIZERS: "Registry[Callable[[], Strategy]]" = Registry(
    "optimizer",
    {
        "evolution": "esc_skills.optimizers.search:Search",
        "none": "esc_skills.baselines.none:NoSearch",
        "random": "esc_skills.baselines.random_edits:RandomEdits",
        "gepa": "esc_skills.baselines.gepa:Gepa",
        "gepa-paired": "esc_skills.baselines.gepa_paired:GepaPaired",
        "miprov2": "esc_skills.baselines.miprov2:MiproV2",
        "simba": "esc_skills.baselines.simba:Simba",
        "skillopt-rule": "esc_skills.baselines.skillopt_rule:SkillOptRule",
    },
    requires=("run",),
)
"""Classes of strategies, made without arguments; `optimizers.strategy` says what one does."""
