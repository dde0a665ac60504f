"""The judges there are, by name."""

from collections.abc import Mapping

from .checklist import Checklist
from .empathy import Empathy
from .grading import Relationship, Support
from .judgement import Judge
from .persona import Persona
from .preference import Prefer

JUDGES: Mapping[str, type[Judge]] = {
    judge.name: judge for judge in (Relationship, Empathy, Support, Checklist, Prefer, Persona)
}
