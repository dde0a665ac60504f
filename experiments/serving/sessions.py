"""Conversations that the server keeps, so that a client cannot forge what was said."""

import secrets
from dataclasses import dataclass, field

from cachetools import TTLCache

from esc_skills.programs.support.deployment import ChatMessage

from .limits import Limits, Refusal


@dataclass
class Session:
    """One conversation and whose it is."""

    owner: str
    turns: list[ChatMessage] = field(default_factory=list[ChatMessage])
    busy: bool = False


class Sessions:
    """The conversations that are kept, in memory only: bounded, and forgotten when unused.

    Args:
        limits: How many, and for how long.
    """

    def __init__(self, limits: Limits) -> None:
        self._kept: TTLCache[str, Session] = TTLCache(limits.sessions, limits.idle)

    def __len__(self) -> int:
        return len(self._kept)

    def open(self, owner: str) -> str:
        """Begin a conversation; its id cannot be guessed."""
        name = secrets.token_urlsafe(18)
        self._kept[name] = Session(owner)
        return name

    def of(self, name: str, owner: str) -> Session:
        """A conversation, whose time starts again.

        Raises:
            Refusal: There is none of that id, or it is somebody else's; the answer is the same.
        """
        found = self._kept.pop(name, None)
        if found is not None:
            self._kept[name] = found
        if found is None or found.owner != owner:
            raise Refusal(404, "session_not_found", "there is no such session, or it has expired")
        return found

    def close(self, name: str, owner: str) -> None:
        """Forget a conversation.

        Raises:
            Refusal: There is none of that id.
        """
        self.of(name, owner)
        self._kept.pop(name, None)
