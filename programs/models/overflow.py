"""A prompt that is longer than its model can read: the older half of the talk is left out.

The rest of a prompt (the task, the skills, the person) is never shortened: where it does not fit
even so, the stage fails and says so.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import dspy

from esc_skills.signatures.dialogue import Chat

from .typed import typed

logger = logging.getLogger(__name__)

TALK = ("chat", "context", "conversation", "history")
"""Inputs that hold what was said before, oldest first."""
DIALOGUES = "rollouts"
"""The input that holds whole dialogues, the most telling first."""
SHORTEST = 2
"""Turns of a talk that is not shortened further: what was said last, and what it answers."""


def shortened(signature: type[dspy.Signature], inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """The inputs of a stage with about half of the talk; None where there is nothing to leave out.

    Args:
        signature: What is asked.
        inputs: Its inputs. Of a talk the older half is left out, of dialogues the latter half.
    """
    for name, field in signature.input_fields.items():
        value = inputs.get(name)
        shorter: Any = None
        if field.annotation is Chat and value:
            turns = _younger_half(typed(value, Chat).turns)
            shorter = turns and Chat(turns=tuple(turns))
        elif name in TALK and isinstance(value, list | tuple):
            shorter = _younger_half(value)
        elif name == DIALOGUES and isinstance(value, list | tuple) and len(value) > 1:
            shorter = value[: len(value) // 2]
        if shorter:
            _say(signature.__name__, name)
            return {**inputs, name: shorter}
    return None


@lru_cache(maxsize=100)  # once, not at every turn
def _say(stage: str, name: str) -> None:
    logger.warning(
        "Warning: %s: the prompt is longer than the model can read, so the half of its `%s` that "
        "matters least is left out.",
        stage,
        name,
    )


def _younger_half(turns: Sequence[Any]) -> Sequence[Any]:
    """The last turns, without an even number of them, so that the same speaker begins."""
    return turns[max(2, len(turns) // 4 * 2) :] if len(turns) > SHORTEST else ()
