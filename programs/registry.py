"""Finds plug-ins: optimizers, judges, corpus readers, worlds, trackers and domains.

A plug-in has a short name if this package or an installed one declares it; anything else that can
be imported is named `module:Name`, where the module may be a file in the working directory. Other
packages declare theirs as entry points, for example in their pyproject.toml:

```toml
[project.entry-points."esc_skills.judges"]
warmth = "warm_judges:Warmth"
```
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TypeVar

from .suggestions import did_you_mean

T = TypeVar("T")


class PluginError(ValueError):
    """A plug-in that does not exist, cannot be imported or lacks something, in one sentence."""


class Registry(Mapping[str, T]):
    """The plug-ins of one kind, by name; each is imported when it is first looked up.

    Iterating gives the short names: first those of this package, then those of installed packages.
    A look-up and `in` also take `module:Name`.

    Args:
        kind: What the plug-ins are, in the singular; the entry-point group is `esc_skills.KINDs`.
        own: This package's plug-ins: short name to `module:Name`.
        requires: Attributes that every plug-in must have.
    """

    def __init__(self, kind: str, own: Mapping[str, str], *, requires: Sequence[str] = ()) -> None:
        self.kind = kind
        self.group = f"esc_skills.{kind}s"
        self._own = dict(own)
        self._requires = tuple(requires)

    def __getitem__(self, name: str) -> T:
        """The plug-in of that name.

        Raises:
            PluginError: There is none, it cannot be imported, or it lacks a required attribute.
        """
        address = self._addresses.get(name, name)
        if ":" not in address:
            raise PluginError(self._unknown(name))
        module, _, path = address.partition(":")
        plugin = self._imported(name, module)
        for part in path.split("."):
            plugin = getattr(plugin, part, None)
        if plugin is None:
            raise PluginError(f"the {self.kind} {name!r} cannot be used: {module} has no {path!r}.")
        lacking = [attribute for attribute in self._requires if not hasattr(plugin, attribute)]
        if lacking:
            raise PluginError(
                f"the {self.kind} {name!r} cannot be used: it lacks {', '.join(lacking)}."
            )
        return plugin  # type: ignore[return-value] - what can be checked has been

    def check(self, name: str) -> None:
        """Make sure that a name can be looked up, but import only what is named `module:Name`.

        Raises:
            PluginError: It cannot be looked up.
        """
        if ":" in name or name not in self:
            self[name]

    def __contains__(self, name: object) -> bool:
        """Whether a look-up of the name can succeed; `module:Name` is not imported for that."""
        return isinstance(name, str) and (":" in name or name in self._addresses)

    def __iter__(self) -> Iterator[str]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)

    @property
    def listed(self) -> str:
        """The names that a user may give, in words."""
        return f"{', '.join(self)}, or module:Name"

    def completions(self, incomplete: str) -> list[str]:
        """The short names that begin like this, for shell completion."""
        return [name for name in self if name.startswith(incomplete)]

    @property
    def _addresses(self) -> dict[str, str]:
        return self._own | {
            n: at for n, at in installed_plugins(self.group).items() if n not in self._own
        }

    def _imported(self, name: str, module: str) -> object:
        try:
            return _import_also_from_here(module)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise PluginError(
                f"the {self.kind} {name!r} cannot be used: importing {module} fails ({reason})."
            ) from error

    def _unknown(self, name: str) -> str:
        hint = did_you_mean(name, self, f"Choose from: {self.listed}.")
        return f"there is no {self.kind} {name!r}. {hint}"


@cache
def installed_plugins(group: str) -> dict[str, str]:
    """What installed packages declare in an entry-point group: name to `module:Name`."""
    from importlib.metadata import entry_points

    return {entry.name: entry.value for entry in entry_points(group=group)}


def _import_also_from_here(module: str) -> object:
    """Import a module that is installed, or else one in the working directory."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        here = os.getcwd()
        if error.name != module.partition(".")[0] or here in sys.path:
            raise
        sys.path.append(here)  # at the end, where it hides nothing that is installed
        return import_module(module)
