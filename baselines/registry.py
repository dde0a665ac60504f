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
        "gepa-remeasured": "esc_skills.baselines.gepa:GepaRemeasured",
        "simba": "esc_skills.baselines.simba:Simba",
        "skillopt": "esc_skills.baselines.skillopt_rule:SkillOpt",
        "skillopt-rule": "esc_skills.baselines.skillopt_rule:SkillOptRule",
        "skillopt-remeasured": "esc_skills.baselines.skillopt_rule:SkillOptRemeasured",
        "cap-evolve": "esc_skills.baselines.cap_evolve:CapEvolve",
        "best-of-n": "esc_skills.baselines.best_of_n:BestOfN",
        "raw-dialogues": "esc_skills.baselines.no_search:RawDialogues",
        "role-play": "esc_skills.baselines.no_search:RolePlay",
    },
    requires=("run",),
)
"""Classes of strategies, made without arguments; `optimizers.strategy` says what one does."""
