"""Skills that somebody has read and vouches for, although they read like unsafe ones."""

from pydantic import Field

from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.skills import SkillDraft


class Clearance(Frozen):
    """That a skill does no harm, by somebody who has read it.

    It holds for exactly these texts, and against the learned rules only: phrases that a rule
    forbids stay forbidden.
    """

    skill: str = Field(min_length=1)
    """Its name, for people."""
    texts: str = Field(pattern="^[0-9a-f]{16}$")
    """Hash of its name and texts, so that a skill which changes must be read again."""
    by: str = Field(min_length=1)
    """Who has read it: a person, or a model."""


def texts_of(skill: SkillDraft) -> str:
    """The hash of a skill's name and texts."""
    return content_hash({"name": skill.name, **skill.texts})
