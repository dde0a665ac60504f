"""Size of the prompts of a role, and the share that a prefix cache could serve.

Cacheable text is a prefix of an earlier prompt of the role, in blocks, as providers cache.
The shares depend on the prompts alone, not on their order: each beginning is paid once.
"""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from esc_skills.signatures.frozen import Frozen

BLOCK = 128
"""Characters of a block; a part of a block is never served. Providers cache by 16 to 128 tokens."""


class PromptUse(Frozen):
    """Prompts of a piece of work."""

    calls: int = Field(default=0, ge=0)
    """Asked, also those whose answer was remembered."""
    characters: int = Field(default=0, ge=0)
    cacheable: int = Field(default=0, ge=0)
    """Characters that begin like another prompt of the same role."""

    @property
    def share(self) -> float:
        """Cacheable share of the characters, 0..1."""
        return self.cacheable / self.characters if self.characters else 0.0


class PromptCounter:
    """Counts the prompts of one role; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[bytes] = set()
        self._use = PromptUse()
        self._keeps = True

    def keep_nothing(self) -> None:
        """From now on prompts are not looked at: their beginnings would be kept for ever."""
        self._keeps = False

    def see(self, prompt: str) -> None:
        """Count a prompt in."""
        if not self._keeps:
            return
        served, chain = 0, hashlib.blake2b(digest_size=12)
        with self._lock:
            for start in range(0, len(prompt) - BLOCK + 1, BLOCK):
                chain.update(prompt[start : start + BLOCK].encode())
                name = chain.digest()
                served += BLOCK if name in self._known else 0
                self._known.add(name)
            self._use = PromptUse(
                calls=self._use.calls + 1,
                characters=self._use.characters + len(prompt),
                cacheable=self._use.cacheable + served,
            )

    @property
    def use(self) -> PromptUse:
        """What was counted so far."""
        return self._use


def text_of(prompt: str | None, messages: Sequence[Mapping[str, Any]] | None) -> str:
    """All text of a prompt, in order."""
    parts = [str(message.get("content") or "") for message in messages or ()]
    return "\n".join([prompt or "", *parts] if prompt else parts)
