"""Faults of a simulation that anyone can count: what a seeker says and a person never would.

The same counts measure published simulators and our own. They read what was said, not how it was
scored, and know no model.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, get_args

from esc_skills.programs.seeker import FAILURE_UNDER, SUCCESS_AT
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import EMOTION_START, Evidence, Rollout

from .fault_rules import CHARACTER_BREAK, GOODBYE, LABEL, SENTENCE_END, STAGE_DIRECTION
from .words import words

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


class Fault(Frozen):
    """One fault and where it stands."""

    kind: FaultKind
    evidence: Evidence


class Quality(Frozen):
    """How often each fault occurs in a set of dialogues."""

    dialogues: int
    turns: int
    """Of the seekers."""
    counts: dict[FaultKind, int]
    """Every kind, also those that do not occur."""
    unchecked: int
    """Dialogues whose seeker's private texts are not at hand, so that no leak can be seen."""
    faults: tuple[Fault, ...]

    @property
    def total(self) -> int:
        """All faults together."""
        return sum(self.counts.values())

    def __add__(self, other: "Quality") -> "Quality":
        """Both sets of dialogues together."""
        return Quality(
            dialogues=self.dialogues + other.dialogues,
            turns=self.turns + other.turns,
            counts={kind: self.counts[kind] + other.counts[kind] for kind in FAULTS},
            unchecked=self.unchecked + other.unchecked,
            faults=self.faults + other.faults,
        )


def quality(dialogues: Iterable[tuple[Rollout, Profile | None]]) -> Quality:
    """Count the faults of some dialogues, each with its seeker's profile if that is known."""
    faults: list[Fault] = []
    played = turns = unchecked = 0
    for rollout, profile in dialogues:
        played += 1
        turns += len(rollout.exchanges)
        unchecked += profile is None
        faults += faults_of(rollout, profile)
    counts = Counter(fault.kind for fault in faults)
    return Quality(
        dialogues=played,
        turns=turns,
        counts={kind: counts[kind] for kind in FAULTS},
        unchecked=unchecked,
        faults=tuple(faults),
    )


def faults_of(rollout: Rollout, profile: Profile | None) -> Iterator[Fault]:
    """The faults of one dialogue, in its order; a turn may have several.

    The opening is part of the profile: it is not searched for copied text.
    """
    said: set[str] = set()
    emotion = EMOTION_START
    for turn, exchange in enumerate(rollout.exchanges):
        line = exchange.seeker.strip()
        found: list[tuple[FaultKind, str]] = list(_in_line(line))
        if line and line in said:
            found.append(("repeat", line))
        said.add(line)
        if turn and profile is not None and (copied := _leaked(line, profile)):
            found.append(("leak", copied))
        leaving = rollout.ending == "farewell" and exchange is rollout.exchanges[-1]
        if FAILURE_UNDER <= emotion < SUCCESS_AT and (leaving or GOODBYE.search(line)):
            found.append(("early farewell", line))
        if exchange.reply is not None and not exchange.reply.strip():
            found.append(("empty reply", ""))
        emotion = emotion if exchange.emotion is None else exchange.emotion
        for kind, quote in found:
            evidence = Evidence(
                profile=rollout.profile, replicate=rollout.replicate, turn=turn, quote=quote
            )
            yield Fault(kind=kind, evidence=evidence)


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
    )
    said = words(line)
    for text, least in private:
        length = least[profile.language]
        runs = _runs(text, length)
        for copied in _windows(said, length):
            if copied in runs:
                return (" " if profile.language == "en" else "").join(copied)
    return ""


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
