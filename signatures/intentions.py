"""What SAGE's seekers secretly want, and their temperaments."""

import json
from pathlib import Path

from .dialogue import Language

NEEDS: dict[str, dict[Language, str]] = json.loads(
    Path(__file__).with_name("intentions.json").read_text(encoding="utf-8")
)
"""SAGE's eight hidden intentions by name, in each language."""
CHARACTERS = ("negative", "passive", "avoidant")
"""SAGE's three families of temperaments."""
