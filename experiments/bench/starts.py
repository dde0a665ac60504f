"""Where every optimizer of a contest starts: drafts, no skill, a mined bank, or one of a file."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError
from .worlds import WORLDS

if TYPE_CHECKING:
    from esc_skills.signatures.skills import Bank

STARTS = ("drafts", "empty", "mined")
"""`drafts` is the world's own first bank; `mined` is mined from the sample corpus by its engine.
Everything else is the path of a bank."""


@lru_cache
def first_bank(world: str, start: str) -> "Bank":
    """The first bank of a contest, the same for every optimizer and seed.

    Args:
        world: Name of the world.
        start: One of `STARTS`, or the path of a bank.

    Raises:
        UserError: There is no such world, or no bank in the file.
    """
    from esc_skills.signatures.skills import Bank

    if start not in STARTS:
        from ..files.banks import read_bank

        return read_bank(Path(start))
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


def check_start(start: str) -> None:
    """Make sure, before anything is played, that contests can start there.

    Raises:
        UserError: It is neither one of `STARTS` nor a file.
    """
    if start not in STARTS and not Path(start).is_file():
        raise UserError(
            f"--start must be {', '.join(STARTS)} or the file of a bank, but there is no file "
            f"{start}."
        )
