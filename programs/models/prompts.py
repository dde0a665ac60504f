"""The prompts of all stages, and their version."""

import hashlib
from functools import lru_cache

import dspy

from esc_skills.signatures.demonstrations import demonstrations

from ..domains.reading import default_domain
from .adapter import ChatAdapter, StructuredAdapter
from .stages import own_stages


@lru_cache(maxsize=1)
def stages() -> tuple[type[dspy.Signature], ...]:
    """The signatures of all stages, as emotional support asks them, by name."""
    return tuple(default_domain().stage(stage) for stage in own_stages().values())


@lru_cache(maxsize=1)
def prompt_version() -> str:
    """Hash of the static part of every prompt; dialogues of two versions are not comparable."""
    adapters = (ChatAdapter(), StructuredAdapter())
    texts = [adapter.format_system_message(stage) for adapter in adapters for stage in stages()]
    for stage in stages():
        texts += map(str, ChatAdapter().format_demos(stage, [*demonstrations(stage.__name__)]))
    return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=8).hexdigest()
