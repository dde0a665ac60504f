"""Size of the prompts of a role, and the share that a prefix cache could serve.

Cacheable text is a prefix of an earlier prompt of the role, in blocks, as providers cache.
The shares depend on the prompts alone, not on their order: each beginning is paid once.
"""

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
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
        self._calls = self._characters = self._blocks = 0
        self._known: set[bytes] = set()
        self._keeps = True

    def keep_nothing(self) -> None:
        """From now on prompts are not looked at: their beginnings would be kept for ever."""
        self._keeps = False

    def see(self, prompt: str) -> None:
        """Count a prompt in."""
        if not self._keeps:
            return
        names, chain = list[bytes](), hashlib.blake2b(digest_size=12)
        for start in range(0, len(prompt) - BLOCK + 1, BLOCK):
            chain.update(prompt[start : start + BLOCK].encode())
            names.append(chain.digest())
        self.add(1, len(prompt), len(names), names)

    def add(self, calls: int, characters: int, blocks: int, known: Iterable[bytes]) -> None:
        """Count prompts in that were seen elsewhere.

        Args:
            calls: How many.
            characters: Their length.
            blocks: Their whole blocks.
            known: Names of the different beginnings, one for each block.
        """
        with self._lock:
            self._calls += calls
            self._characters += characters
            self._blocks += blocks
            self._known.update(known)

    def taken(self) -> tuple[int, int, int, list[bytes]]:
        """What was seen since this was asked last, to `add` it elsewhere."""
        with self._lock:
            seen = self._calls, self._characters, self._blocks, list(self._known)
            self._calls = self._characters = self._blocks = 0
            self._known.clear()
            return seen

    @property
    def use(self) -> PromptUse:
        """What was counted so far: each different beginning is paid once."""
        with self._lock:
            served = BLOCK * (self._blocks - len(self._known))
            return PromptUse(calls=self._calls, characters=self._characters, cacheable=served)


def text_of(prompt: str | None, messages: Sequence[Mapping[str, Any]] | None) -> str:
    """All text of a prompt, in order."""
    parts = [str(message.get("content") or "") for message in messages or ()]
    return "\n".join([prompt or "", *parts] if prompt else parts)
