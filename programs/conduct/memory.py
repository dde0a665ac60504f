"""What the checks remember of texts, for speed, and how a service forgets it."""

import sys
from functools import lru_cache
from typing import Protocol


class _Cache(Protocol):
    def cache_clear(self) -> None:
        """Forget everything."""
        ...


@lru_cache(maxsize=1)
def _caches() -> tuple[_Cache, ...]:
    """Every cache of this package but those of its own files, which hold one value."""
    modules = [m for name, m in sys.modules.items() if name.startswith(f"{__package__}.")]
    found = [each for module in modules for each in vars(module).values()]
    sizes = [(each, getattr(each, "cache_parameters", None)) for each in found]
    return tuple(each for each, size in sizes if size is not None and size()["maxsize"] != 1)


def forget() -> None:
    """Forget every text that was checked; what people said must not outlive its answer."""
    for cache in _caches():
        cache.cache_clear()
