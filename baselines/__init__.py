"""Other ways to search, behind the interface of ours and on the same ledger, for comparison.

Each module states its peer's configuration and the defects that are worked round. All play through
our runner, so all have our seeds, our memory and our budget, and the sealed test; only `random` and
`gepa-paired` also have our safety gates, since gates are no part of the others' rules.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Literal, get_args

from esc_skills.optimizers.search import Search
from esc_skills.optimizers.strategy import Strategy

Optimizer = Literal[
    "evolution", "none", "random", "gepa", "gepa-paired", "miprov2", "simba", "skillopt-rule"
]
OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
_PEERS: dict[Optimizer, tuple[str, str]] = {
    "none": ("none", "NoSearch"),
    "random": ("random_edits", "RandomEdits"),
    "gepa": ("gepa", "Gepa"),
    "gepa-paired": ("gepa_paired", "GepaPaired"),
    "miprov2": ("miprov2", "MiproV2"),
    "simba": ("simba", "Simba"),
    "skillopt-rule": ("skillopt_rule", "SkillOptRule"),
}


def strategy_of(name: Optimizer) -> Callable[[], Strategy]:
    """The strategy of that name; loads the package that it needs only now."""
    if name == "evolution":
        return Search
    module, kind = _PEERS[name]
    return getattr(import_module(f".{module}", __package__), kind)
