"""The judges there are, by name."""

from collections.abc import Mapping
from typing import Literal

from .checklist import Checklist
from .empathy import Empathy
from .grading import Relationship, Support
from .judgement import Judge
from .persona import Persona
from .preference import Prefer

JUDGES: Mapping[str, type[Judge]] = {
    judge.name: judge for judge in (Relationship, Empathy, Support, Checklist, Prefer, Persona)
}

GradingJudge = Literal["relationship", "empathy", "support", "checklist"]
"""Those that grade the supporter of a single dialogue by what was said, and nothing else."""
