"""Bundles of edits of different skills, tested together and accepted or rejected together."""

from collections.abc import Sequence
from dataclasses import dataclass

from esc_skills.signatures.edits import EditError, apply_edit, touched_by
from esc_skills.signatures.skills import Bank

from .candidates import Candidate


@dataclass(frozen=True)
class Bundle:
    """Edits that whole dialogues confirm or refute together."""

    steps: tuple[tuple[Candidate, Bank], ...]
    """Each edit with the bank that it leads to when they are applied one after the other."""

    @property
    def bank(self) -> Bank:
        """The bank with all of them."""
        return self.steps[-1][1]

    @property
    def members(self) -> list[Candidate]:
        """Its edits, the most promising first."""
        return [candidate for candidate, _ in self.steps]

    @property
    def expected(self) -> float:
        """What turns say that it gains, in points a dialogue: the sum, to first order."""
        return sum(gain.mean for member in self.members if (gain := member.gain()))

    def __contains__(self, candidate: Candidate) -> bool:
        """Whether it holds the edit."""
        return any(candidate is member for member, _ in self.steps)


def bundle(bank: Bank, candidates: Sequence[Candidate]) -> Bundle:
    """The candidates that go together, the most promising first.

    Args:
        bank: The incumbent's.
        candidates: At least one that has changed a reply.
    """
    gains = [(candidate, candidate.gain()) for candidate in candidates]
    known = [(candidate, gain.mean) for candidate, gain in gains if gain]
    known.sort(key=lambda row: -row[1])
    return Bundle(tuple(applied_together(bank, [candidate for candidate, _ in known])))


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
