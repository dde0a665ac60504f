"""Records that are no conversations but something else that this package knows."""

from collections.abc import Mapping
from typing import Any

PROFILE = (
    "is the profile of a simulated seeker, not a conversation; `esc-skills profiles list FILE` "
    "reads it, and --profiles FILE plays it"
)
CARD = (
    "is a role card, not a conversation; `esc-skills profiles build FILE --to NEW.jsonl` makes "
    "a seeker of it"
)
OTHERS = (PROFILE, CARD)
"""What such records are."""
_CARDS = ({"base", "source"}, {"role", "pid"}, {"AI_client"}, {"intake_form"})
"""Fields that tell a role card: of ESC-Eval, ESC-Judge and CACTUS."""
_PROFILES = ({"player", "scene", "task"}, {"persona", "hidden_intention", "scene"})
"""Fields that tell a profile, SAGE's and ours."""


def require_conversation(record: Any) -> None:  # noqa: ANN401 - any JSON value
    """Pass over a record that could not be read but may be a conversation all the same.

    Raises:
        ValueError: It is a seeker's profile or a role card; says what to do with it.
    """
    if not isinstance(record, Mapping):
        return
    if any(fields <= set(record) for fields in _PROFILES):
        raise ValueError(PROFILE)
    if any(fields <= set(record) for fields in _CARDS):
        raise ValueError(CARD)
