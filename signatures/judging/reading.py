"""A dialogue as a judge reads it, and a part of a judgement with what it rests on."""

from pydantic import Field

from ..frozen import Frozen
from ..prompt_text import indented
from ..wording import worded


class Said(Frozen):
    """One exchange as a judge reads it."""

    turn: int = Field(ge=0)
    """Index of the exchange, from 0."""
    seeker: str
    supporter: str
    """The reply; empty where the dialogue ended with the seeker's line."""

    @property
    def shown(self) -> str:
        """The exchange as two lines of a transcript."""
        line = f"[{self.turn}] {worded('Seeker')}: {indented(self.seeker, 4)}"
        if not self.supporter:
            return line
        return f"{line}\n  {worded('Supporter')}: {indented(self.supporter, 4)}"


class Grounded(Frozen):
    """A part of a judgement, with what it rests on."""

    quote: str = Field(
        description="Words of the dialogue that show it, exactly as they stand; empty if none do."
    )
    why: str = Field(default="", description="The reason, in one short sentence.")
