"""Reads the seeker: a floor by rules that works without a model, and a model that knows better.

What reads dangerous beyond doubt no model may deny; what the rules doubt, a model that reads along
decides, and the supporter is told of the doubt.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import get_args

import yaml

from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.reading import Concern, Level, Reading, ReadSeeker

from ..models.failures import DialogueError
from ..models.role_predict import RolePredict
from ..models.roles import Role
from .danger import LOOKED_BACK, read_danger
from .normalise import views
from .phrases import PhraseSet, compiled

_CONCERNS: tuple[Concern, ...] = get_args(Concern)


def said_by_seeker(turns: Sequence[Turn]) -> list[str]:
    """What the person has said, in order."""
    return [turn.text for turn in turns if turn.speaker == "seeker"]


def read_floor(messages: Sequence[str], *, firm: bool = False) -> Reading:
    """What rules read in the messages of a person, the last one first of all.

    Args:
        messages: What the person has said, in order.
        firm: Whether only danger beyond doubt counts.
    """
    danger = read_danger(messages, firm=firm)
    recent = [view.text for said in messages[-LOOKED_BACK:] for view in views(said)]
    threatened = danger.level != "none" and any(_signs()[_OTHERS].holds(text) for text in recent)
    return Reading(
        risk=danger.level,
        to="nobody" if danger.level == "none" else "others" if threatened else "self",
        concerns=tuple(
            name for name in _CONCERNS if any(_signs()[name].holds(text) for text in recent)
        ),
    )


class SeekerReader:
    """Reads the seeker by a model; no `dspy.Module`, so that no optimizer rewrites its prompt.

    Args:
        role: Whose model reads.
    """

    def __init__(self, role: Role = "supporter") -> None:
        self.read = RolePredict(ReadSeeker, role=role)

    def __call__(self, turns: Sequence[Turn]) -> Reading:
        """The reading of a conversation that ends with the seeker's message.

        Danger beyond doubt is never lowered; where the model fails, all that the rules see counts.

        Raises:
            BudgetExhausted: The budget has no call left.
        """
        said = said_by_seeker(turns)
        try:
            read = self.read(conversation=list(turns)).reading
        except DialogueError:
            return read_floor(said)
        return read_floor(said, firm=True).raised_by(read)


def about(reading: Reading, doubted: Level = "none") -> str:
    """What the supporter is told of a reading; empty where there is nothing to take care of.

    Args:
        reading: What was read.
        doubted: Danger that the rules alone would have seen.
    """
    risk = f"{reading.risk} danger to {reading.to}"
    if reading.risk == "none":
        risk = "" if doubted == "none" else f"read as no danger, though it sounds like {doubted}"
    signs = ", ".join(part for part in (risk, *reading.concerns) if part)
    return f"{reading.gist} ({signs})" if reading.gist and signs else signs


_OTHERS = "others"


@lru_cache(maxsize=1)
def _signs() -> Mapping[str, PhraseSet]:
    data = yaml.safe_load(Path(__file__).with_name("concerns.yaml").read_text(encoding="utf-8"))
    return {
        name: PhraseSet(compiled(entry["english"], entry["chinese"], (), {}))
        for name, entry in data.items()
    }
