"""Ablations: ESC-Skills without one of its parts, to measure the value of each.

An ablation overrides settings of the search (as a configuration file would), the strategy, or the
noise that banks share. A new part with a switch in the settings needs one more line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from esc_skills.baselines.whole_dialogues import WholeDialogues
from esc_skills.optimizers.search import Search
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.optimizers.strategy import Strategy
from esc_skills.programs.runner import Noise, own_noise, shared_noise


@dataclass(frozen=True)
class Ablation:
    """One part that is switched off, and how."""

    about: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Overrides of `EvolutionSettings`, nested as its fields are."""
    strategy: Callable[[], Strategy] = Search
    noise: Noise = shared_noise

    def applied_to(self, settings: EvolutionSettings) -> EvolutionSettings:
        """The settings with the overrides.

        Raises:
            ValidationError: There is no such setting.
        """
        return EvolutionSettings.model_validate(_merged(settings.model_dump(), self.settings))


def _merged(usual: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    nested = {
        name: _merged(usual[name], value) if isinstance(value, Mapping) else value
        for name, value in changed.items()
    }
    return {**usual, **nested}


WHOLE = Ablation("ESC-Skills with all parts")
ABLATIONS: dict[str, Ablation] = {
    "turn trials": Ablation("edits are tried by whole dialogues only", strategy=WholeDialogues),
    "shared noise": Ablation("banks share neither seeds nor calls", noise=own_noise),
    "outlook": Ablation("a point counts the same at every turn", {"without": ["outlook"]}),
    "trying together": Ablation("each edit is tried alone", {"without": ["together"]}),
    "pooling": Ablation("each edit must pass its own test", {"without": ["pooling"]}),
    "pace": Ablation("no edit is dropped for being slow", {"without": ["pace"]}),
    "prior": Ablation("the confirmation ignores evidence from turns", {"without": ["prior"]}),
    "credit": Ablation("no credit for analyst, editor, pruning", {"without": ["credit"]}),
    "rejected edits": Ablation(
        "the editor does not see rejected edits", {"without": ["rejected edits"]}
    ),
    "first bank": Ablation("the first bank is not doubted", {"without": ["first bank"]}),
    "futility": Ablation("edits are almost never given up", {"rule": {"futility_level": 0.001}}),
    "group gate": Ablation("any loss of a group is allowed", {"group_tolerance": None}),
}
"""Name of the missing part to its ablation."""


def ablation(missing: str) -> Ablation:
    """The ablation without that part; ESC-Skills with all parts for the empty name.

    Raises:
        KeyError: There is none of that name.
    """
    return ABLATIONS[missing] if missing else WHOLE
