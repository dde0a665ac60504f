"""Registry of judges: those of this package and of other packages."""

from typing import TYPE_CHECKING

from esc_skills.programs.registry import PluginError, Registry

if TYPE_CHECKING:
    from .judgement import Judge

JUDGES: "Registry[type[Judge]]" = Registry(
    "judge",
    {
        "relationship": "esc_skills.metrics.judges.relationship:Relationship",
        "empathy": "esc_skills.metrics.judges.empathy:Empathy",
        "support": "esc_skills.metrics.judges.support:Support",
        "checklist": "esc_skills.metrics.judges.checklist:Checklist",
        "preference": "esc_skills.metrics.judges.preference:Prefer",
        "persona": "esc_skills.metrics.judges.persona:Persona",
    },
    requires=("name", "scale", "needs", "calls", "forward"),
)
"""Subclasses of `Judge`; a subclass that sets `name` and `scale` and has `forward` is a judge."""


def supporter_judge(name: str) -> "type[Judge]":
    """The judge of that name, who grades the supporter by a single dialogue and nothing else.

    Raises:
        PluginError: There is no such judge, or it needs more than the dialogue.
    """
    judge = JUDGES[name]
    if judge.needs:
        raise PluginError(
            f"the judge {name!r} cannot watch over a search: besides the dialogue it needs "
            f"{' and '.join(_NEEDS[need] for need in judge.needs)}."
        )
    return judge


_NEEDS = {"profile": "the seeker's profile", "other": "another dialogue to compare with"}
