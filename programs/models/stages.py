"""The signatures of all stages, as they stand in `signatures`."""

import importlib
import pkgutil
from functools import lru_cache

import dspy

from esc_skills import signatures


@lru_cache(maxsize=1)
def own_stages() -> dict[str, type[dspy.Signature]]:
    """Every stage by its name, in the order of the names."""
    found: dict[str, type[dspy.Signature]] = {}
    for module in pkgutil.iter_modules(signatures.__path__):
        named = vars(importlib.import_module(f"{signatures.__name__}.{module.name}"))
        for name, value in named.items():
            if isinstance(value, type) and issubclass(value, dspy.Signature):
                found[name] = value
    found.pop("Signature", None)
    return {name: found[name] for name in sorted(found)}
