"""Other ways to search, behind the interface of ours and on the same ledger, for comparison.

Each module states its peer's configuration and the defects that are worked round.
"""

from importlib import import_module

from ..search import Search
from ..strategy import Strategy

_PEERS = {
    "none": ("none", "NoSearch"),
    "random": ("random_edits", "RandomEdits"),
    "gepa": ("gepa", "Gepa"),
    "gepa-paired": ("gepa_paired", "GepaPaired"),
    "miprov2": ("miprov2", "MiproV2"),
    "simba": ("simba", "Simba"),
    "skillopt": ("skillopt", "SkillOpt"),
}
OPTIMIZERS = ("evolution", *_PEERS)
"""Names for `strategy_of`."""


def strategy_of(name: str) -> Strategy:
    """The strategy of that name; loads the package that it needs only now.

    Raises:
        KeyError: There is none.
        ImportError: Its package is not installed.
    """
    if name == "evolution":
        return Search
    module, kind = _PEERS[name]
    return getattr(import_module(f".{module}", __package__), kind)
