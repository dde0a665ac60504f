"""What a user says of a corpus that its files do not say themselves."""

from pydantic import Field

from esc_skills.signatures.dialogue import Speaker
from esc_skills.signatures.frozen import Frozen


class Hints(Frozen):
    """Names that the readers shall take instead of guessing."""

    columns: dict[str, str] = Field(default_factory=dict)
    """Column of a table by what it holds; keys as in `tables.MEANINGS`."""
    speakers: dict[str, Speaker] = Field(default_factory=dict)
    """Role of a speaker by the name that the corpus uses, in lower case."""
