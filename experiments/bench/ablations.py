"""Our search without one of its ingredients, to show what each is worth.

An ablation is a set of overrides: of the search's settings as a configuration file would set them,
of who searches, or of the noise that banks share. A new ingredient with a switch in the settings
is one more line.
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
    """What is switched off, and how."""

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


WHOLE = Ablation("our search as it is")
ABLATIONS: dict[str, Ablation] = {
    "turn trials": Ablation("edits are tried by whole dialogues only", strategy=WholeDialogues),
    "shared noise": Ablation("banks share neither seeds nor calls", noise=own_noise),
    "outlook": Ablation("a point counts the same at every turn", {"without": ["outlook"]}),
    "trying together": Ablation("each edit is tried alone", {"without": ["together"]}),
    "pooling": Ablation("each edit must pass alone", {"without": ["pooling"]}),
    "pace": Ablation("no edit is left behind for being slow", {"without": ["pace"]}),
    "prior": Ablation("turns do not count at the confirmation", {"without": ["prior"]}),
    "credit": Ablation("no credit for analyst, editor, pruning", {"without": ["credit"]}),
    "rejected edits": Ablation("the editor forgets its failures", {"without": ["rejected edits"]}),
    "futility": Ablation("edits are hardly ever given up", {"rule": {"futility_level": 0.001}}),
    "group gate": Ablation("groups may lose", {"group_tolerance": None}),
}
"""Name of what is missing, to the ablation."""


def ablation(missing: str) -> Ablation:
    """The ablation without that ingredient; ours as it is for the empty name.

    Raises:
        KeyError: There is none of that name.
    """
    return ABLATIONS[missing] if missing else WHOLE
