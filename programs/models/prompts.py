"""The prompts of all stages, and their version."""

import hashlib
import importlib
import pkgutil
from functools import lru_cache

import dspy

from esc_skills import signatures
from esc_skills.signatures.demonstrations import demonstrations

from .adapter import ChatAdapter, StructuredAdapter


@lru_cache(maxsize=1)
def stages() -> tuple[type[dspy.Signature], ...]:
    """The signatures of all stages, by name."""
    found: dict[str, type[dspy.Signature]] = {}
    for module in pkgutil.iter_modules(signatures.__path__):
        named = vars(importlib.import_module(f"{signatures.__name__}.{module.name}"))
        for name, value in named.items():
            if isinstance(value, type) and issubclass(value, dspy.Signature):
                found[name] = value
    found.pop("Signature", None)
    return tuple(found[name] for name in sorted(found))


@lru_cache(maxsize=1)
def prompt_version() -> str:
    """Hash of the static part of every prompt; dialogues of two versions are not comparable."""
    adapters = (ChatAdapter(), StructuredAdapter())
    texts = [adapter.format_system_message(stage) for adapter in adapters for stage in stages()]
    for stage in stages():
        texts += map(str, ChatAdapter().format_demos(stage, [*demonstrations(stage.__name__)]))
    return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=8).hexdigest()
