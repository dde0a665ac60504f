"""Hidden needs: which one an intention means, what helps with it, and what hints at it in words."""

import json
import re
from functools import lru_cache
from pathlib import Path

from esc_skills.programs.models.seeds import derive_seed

DATA = json.loads(Path(__file__).with_name("needs.json").read_text(encoding="utf-8"))

NEEDS: tuple[str, ...] = tuple(DATA["intentions"])

CORE_MOVE: dict[str, str] = {
    "praise": "affirmation",
    "balance": "balanced-view",
    "venting": "listening",
    "side": "validation",
    "advice": "suggestion",
    "empathy": "reflection",
    "reflection": "question",
    "motives": "interpretation",
}
"""What helps most with a need, once the seeker feels heard."""

_CUES = {need: re.compile(cues, re.IGNORECASE) for need, cues in DATA["cues"].items()}
_STAGES = {stage: re.compile(cues, re.IGNORECASE) for stage, cues in DATA["stages"].items()}


def need_of_intention(intention: str) -> str:
    """The need that a hidden intention means; an unknown intention gets a stable arbitrary one."""
    lowered = intention.lower()
    for need, marks in DATA["intentions"].items():
        if any(mark in lowered for mark in marks):
            return need
    return NEEDS[derive_seed(intention) % len(NEEDS)]


@lru_cache(maxsize=50_000)
def need_cues(text: str) -> frozenset[str]:
    """The needs that a text hints at."""
    return frozenset(need for need, cues in _CUES.items() if cues.search(text))


@lru_cache(maxsize=50_000)
def stage_cues(text: str) -> frozenset[str]:
    """The stages, `exploration` or `core`, that a text speaks of."""
    return frozenset(stage for stage, cues in _STAGES.items() if cues.search(text))
