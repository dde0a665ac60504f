"""The domains that have a name."""

from pathlib import Path
from typing import TYPE_CHECKING

from esc_skills.programs.registry import Registry

if TYPE_CHECKING:
    from esc_skills.signatures.domains import Domain


_PACKAGED = "esc_skills.programs.domains.packaged"
DOMAINS: "Registry[Path | Domain]" = Registry(
    "domain",
    {
        "emotional-support": f"{_PACKAGED}:EMOTIONAL_SUPPORT",
        "primary-care": f"{_PACKAGED}:PRIMARY_CARE",
    },
)
"""Each is a folder, or a `Domain` itself."""
