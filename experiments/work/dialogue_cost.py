"""What a dialogue takes: calls, characters of prompt, and how much of them a cache could serve."""

from collections.abc import Sequence

from esc_skills.programs.models.prompt_cache import PromptUse
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Rollout

PUBLISHED_CALLS = 24
PUBLISHED_CHARACTERS = 107_000
PUBLISHED_STATIC = 0.59
"""A published SAGE dialogue: model calls, characters of simulator input, and the static share."""


class DialogueCost(Frozen):
    """Means over dialogues."""

    calls: float
    """Of supporter and seeker."""
    characters: float
    """Of the prompts of the simulator, that is the seeker's."""
    cacheable: float
    """Share of these characters that begin like an earlier prompt, 0..1."""
    repaired: int
    """Lines of seekers, in all dialogues, that were asked for again for a fault."""


def dialogue_cost(
    supporter: PromptUse, seeker: PromptUse, rollouts: Sequence[Rollout]
) -> DialogueCost:
    """The cost of some dialogues.

    Args:
        supporter: All prompts of the supporter.
        seeker: All prompts of the seeker.
        rollouts: The dialogues; those that failed count as well, as they were paid for.
    """
    count = max(1, len(rollouts))
    lines = [exchange for rollout in rollouts for exchange in rollout.exchanges]
    return DialogueCost(
        calls=(supporter.calls + seeker.calls) / count,
        characters=seeker.characters / count,
        cacheable=seeker.share,
        repaired=sum(bool(line.repaired) for line in lines),
    )
