"""Hidden needs: which one an intention means, and what hints at it in words."""

from functools import lru_cache

from esc_skills.programs.models.seeds import derive_seed

from .script import Script, script


def need_of_intention(intention: str) -> str:
    """The need that a hidden intention means; an unknown intention gets a stable arbitrary one."""
    lowered, known = intention.lower(), script()
    for need, marks in known.needs_said["intentions"].items():
        if any(mark in lowered for mark in marks):
            return need
    return known.needs[derive_seed(intention) % len(known.needs)]


def need_cues(text: str) -> frozenset[str]:
    """The needs that a text hints at."""
    return _need_cues(script(), text)


def stage_cues(text: str) -> frozenset[str]:
    """The stages, `exploration` or `core`, that a text speaks of."""
    return _stage_cues(script(), text)


@lru_cache(maxsize=50_000)
def _need_cues(played: Script, text: str) -> frozenset[str]:
    return frozenset(need for need, cues in played.need_cues.items() if cues.search(text))


@lru_cache(maxsize=50_000)
def _stage_cues(played: Script, text: str) -> frozenset[str]:
    return frozenset(stage for stage, cues in played.stage_cues.items() if cues.search(text))
