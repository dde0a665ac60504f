"""Countable faults of a simulation: implausible lines of seekers.

The same counts apply to published simulators and to this project's. They read the text, not the
scores, and use no model.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from esc_skills.programs.simulation.seeker_faults import FAULTS, FaultKind, line_faults
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import EMOTION_START, FAILURE_UNDER, SUCCESS_AT
from esc_skills.signatures.rollouts import Evidence, Rollout


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
        leaving = rollout.ending == "farewell" and exchange is rollout.exchanges[-1]
        found = line_faults(
            line,
            said,
            leaving=leaving,
            goes_on=FAILURE_UNDER <= emotion < SUCCESS_AT,
            profile=profile if turn else None,
        )
        said.add(line)
        if exchange.reply is not None and not exchange.reply.strip():
            found.append(("empty reply", ""))
        emotion = emotion if exchange.mood is None else exchange.mood
        for kind, quote in found:
            evidence = Evidence(
                profile=rollout.profile, replicate=rollout.replicate, turn=turn, quote=quote
            )
            yield Fault(kind=kind, evidence=evidence)
