"""Records that are no conversations but something else that this package knows."""

from collections.abc import Mapping
from typing import Any

PROFILE = (
    "is the profile of a simulated seeker, not a conversation; `esc-skills profiles list FILE` "
    "reads it, and --profiles FILE plays it"
)
OTHERS = (PROFILE,)
"""What such records are."""
_PROFILES = ({"player", "scene", "task"}, {"persona", "hidden_intention", "scene"})
"""Fields that tell a profile, SAGE's and ours."""


def require_conversation(record: Any) -> None:  # noqa: ANN401 - any JSON value
    """Pass over a record that may be a conversation.

    Raises:
        ValueError: It is a seeker's profile; says what to do with it.
    """
    if not isinstance(record, Mapping) or "history" in record:
        return
    if any(fields <= set(record) for fields in _PROFILES):
        raise ValueError(PROFILE)
