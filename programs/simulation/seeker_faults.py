"""What is wrong with a line of a simulated seeker, by counts that anyone can make.

The seeker repairs its own lines by them, and metrics count what is left, in any transcripts.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Literal, get_args

from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.words import words

from .fault_rules import CHARACTER_BREAK, GOODBYE, LABEL, SENTENCE_END, STAGE_DIRECTION

FaultKind = Literal[
    "repeat",
    "character break",
    "leak",
    "label",
    "empty turn",
    "empty reply",
    "over-long",
    "early farewell",
]
"""A seeker's turn that repeats an earlier one of its dialogue word for word; speaks of the
machinery; copies private text; shows the answer format; says nothing; a supporter's empty reply,
accepted; a seeker's turn of over `LONGEST` words; a goodbye at an emotion at which the protocol
goes on (10..99)."""
FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)

LONGEST = 100
"""Words (or Han characters) of a spoken turn. Asked for are one to three colloquial sentences;
the published turns have 51 characters in the median and 99% of them at most 103."""
INTENTION_RUN = {"zh": 10, "en": 6}
DIRECTION_RUN = {"zh": 20, "en": 12}
"""Words (or Han characters) in a row that count as copied: from the hidden intention; and from the
persona or the scene's stage directions. The events of a scene a seeker may tell in its words."""


def line_faults(
    line: str,
    said: Collection[str],
    *,
    leaving: bool,
    goes_on: bool,
    profile: Profile | None,
) -> list[tuple[FaultKind, str]]:
    """The faults of one line, each with the words that show it.

    Args:
        line: What the seeker says, stripped.
        said: Its earlier lines in the dialogue.
        leaving: Whether the line ends the dialogue.
        goes_on: Whether the protocol goes on at the present emotion (10..99).
        profile: Whose private texts must not be copied; None where they are not known, or where
            the line is the opening, which is part of the profile.
    """
    found = list(_in_line(line))
    if line and line in said:
        found.append(("repeat", line))
    if profile is not None and (copied := _leaked(line, profile)):
        found.append(("leak", copied))
    if goes_on and (leaving or GOODBYE.search(line)):
        found.append(("early farewell", line))
    return found


def _in_line(line: str) -> Iterator[tuple[FaultKind, str]]:
    """What is wrong with a line by itself, and the words that show it."""
    if not line:
        yield "empty turn", ""
    if len(words(line)) > LONGEST:
        yield "over-long", line
    if slip := CHARACTER_BREAK.search(line):
        yield "character break", slip[0].strip()
    if slip := LABEL.search(line):
        yield "label", slip[0].strip()


def _leaked(line: str, profile: Profile) -> str:
    """The private text that a line copies; empty if it copies none."""
    private = (
        (profile.hidden_intention, INTENTION_RUN),
        (profile.persona, DIRECTION_RUN),
        (_directions(profile.scene), DIRECTION_RUN),
        *((event.text, DIRECTION_RUN) for event in profile.events),
    )
    for text, least in private:
        if copied := copied_run(line, text, least[profile.language], profile.language):
            return copied
    return ""


def copied_run(line: str, text: str, length: int, language: Language) -> str:
    """The first run of so many words that a line has in common with a text; empty if none."""
    runs = _runs(text, length)
    copied = next((run for run in _windows(words(line), length) if run in runs), ())
    return (" " if language == "en" else "").join(copied)


@lru_cache(maxsize=1024)
def _directions(scene: str) -> str:
    """What a scene says of how to play it; the rest is for the seeker to tell."""
    return "\n".join(s for s in SENTENCE_END.split(scene) if STAGE_DIRECTION.search(s))


@lru_cache(maxsize=1024)  # a profile is met on every turn of many dialogues
def _runs(text: str, length: int) -> frozenset[tuple[str, ...]]:
    return frozenset(_windows(words(text), length))


def _windows(said: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """Every run of so many words."""
    return (tuple(said[start : start + length]) for start in range(len(said) - length + 1))
