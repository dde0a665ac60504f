"""Bundles of edits of different skills, tested together and accepted or rejected together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.signatures.edits import EditError, apply_edit, touched_by
from esc_skills.signatures.skills import Bank

from .candidates import Candidate


@dataclass(frozen=True)
class Bundle:
    """Edits that whole dialogues confirm or refute together."""

    steps: tuple[tuple[Candidate, Bank], ...]
    """Each edit with the bank that it leads to when they are applied one after the other."""
    reason: str
    """Why it passed the turns."""
    expected: Interval | None
    """What turns say that it gains, in points of final emotion."""

    @property
    def bank(self) -> Bank:
        """The bank with all of them."""
        return self.steps[-1][1]

    @property
    def best(self) -> Candidate:
        """Its most promising edit."""
        return self.steps[0][0]

    def __contains__(self, candidate: Candidate) -> bool:
        """Whether it holds the edit."""
        return any(candidate is member for member, _ in self.steps)


def bundle(bank: Bank, candidates: Sequence[Candidate], replies: float, reason: str) -> Bundle:
    """The most promising candidates that go together.

    Args:
        bank: The incumbent's.
        candidates: At least one that has changed a reply.
        replies: Replies in a dialogue of the incumbent.
        reason: Why they pass.
    """
    gains = [(candidate, candidate.gain(replies)) for candidate in candidates]
    known = [(candidate, gain) for candidate, gain in gains if gain]
    ranked = sorted(known, key=lambda row: -row[1].mean)
    steps = applied_together(bank, [candidate for candidate, _ in ranked])
    members = [candidate for candidate, _ in steps]
    expected = [gain for candidate, gain in ranked if candidate in members]
    return Bundle(tuple(steps), reason, _sum(expected))


def applied_together(bank: Bank, candidates: Sequence[Candidate]) -> list[tuple[Candidate, Bank]]:
    """Those candidates that go together, in order, each with the bank that it leads to.

    Of two edits of one skill only the first counts, and an edit of the policy goes alone: it may
    change any reply, so that nobody could say whose doing a change is.
    """
    steps: list[tuple[Candidate, Bank]] = []
    touched: set[str] = set()
    for candidate in candidates:
        names = touched_by(candidate.edit)
        alone = candidate.about is None or (steps and steps[0][0].about is None)
        if names & touched or (steps and alone):
            continue
        try:
            bank = apply_edit(bank, candidate.edit)
        except EditError:
            continue  # an edit before it has taken its ground away
        touched |= names
        steps.append((candidate, bank))
    return steps


def groups_of(bank: Bank, candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """As few groups of compatible edits as possible, earlier candidates first.

    What goes with nothing, not even alone, is in none.
    """
    groups, left = list[list[Candidate]](), list(candidates)
    while group := [candidate for candidate, _ in applied_together(bank, left)]:
        groups.append(group)
        left = [candidate for candidate in left if candidate not in group]
    return groups


def _sum(gains: Sequence[Interval]) -> Interval | None:
    """Expected joint gain of edits of different skills, to first order."""
    if not gains:
        return None
    mean = sum(gain.mean for gain in gains)
    reach = math.hypot(*(gain.high - gain.mean for gain in gains))
    return Interval(low=mean - reach, mean=mean, high=mean + reach, n=sum(gain.n for gain in gains))
