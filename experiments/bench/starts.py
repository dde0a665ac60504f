"""Where every optimizer of a contest starts: the world's drafts, no skill, or a mined bank."""

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from .worlds import WORLDS

if TYPE_CHECKING:
    from esc_skills.signatures.skills import Bank

Start = Literal["drafts", "empty", "mined"]
"""`drafts` is the world's own first bank; `mined` is mined from the sample corpus by its engine."""


@lru_cache
def first_bank(world: str, start: Start) -> "Bank":
    """The first bank of a contest, the same for every optimizer and seed.

    Raises:
        UserError: There is no such world.
    """
    from esc_skills.signatures.skills import Bank

    if start == "empty":
        return Bank()
    known = WORLDS[world]()
    if start == "drafts":
        return known.first_bank()
    from esc_skills.programs.models.roles import Models

    from ..files.profiles import SAMPLE_CORPUS
    from ..work.mine import mine_corpora

    return mine_corpora(
        [SAMPLE_CORPUS], Models(engines={"rehearsal": known.engine()}), threads=1
    ).bank
