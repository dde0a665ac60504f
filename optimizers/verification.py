"""Verification: what was accepted is tested again by whole dialogues, where calls are left for it.

A confirmation sees few dialogues, so that an edit whose harm comes late may pass. When nothing else
is left to try, the bank plays against the bank without the edits that were accepted together, and
they are taken back where they lose.
"""

from collections.abc import Sequence
from statistics import NormalDist

from esc_skills.metrics.evidence.statistics import ChallengeRule, PairedEvidence, Verdict
from esc_skills.signatures.edits import Edit, EditError, apply_edit
from esc_skills.signatures.skills import Bank

from .challenge import ChallengeOutcome, challenge
from .incumbent import Incumbent
from .strategy import SearchTask

CERTAINTY = 0.99
"""Probability of the sign of a gain at which no further dialogue is played."""
MOST_PAIRS = 150
"""Pairs of whole dialogues after which the sign of their mean decides ..."""
FEWEST_PAIRS = 48
"""... and where the budget ends before; with fewer, the edits stay."""


class Verification:
    """Knows which accepted edits have not been verified, and verifies them, the latest first.

    Args:
        task: The search.
    """

    def __init__(self, task: SearchTask) -> None:
        self._task = task
        self._steps: list[tuple[Edit, ...]] = []
        """Edits that were accepted together, in order."""
        self._open: list[tuple[Edit, ...]] = []
        """Those that have not been verified."""

    def add(self, edits: Sequence[Edit]) -> None:
        """Edits that have just been accepted together."""
        self._steps.append(tuple(edits))
        self._open.append(self._steps[-1])

    def take_back(self, incumbent: Incumbent) -> ChallengeOutcome | None:
        """Verify edits until some have to be taken back, and write that down.

        Args:
            incumbent: The present bank and its dialogues.

        Returns:
            The dialogues without those edits; None where all stay.
        """
        task, settings = self._task, self._task.settings
        while self._open:
            step = self._open.pop()
            bank = self._without(step)
            if bank is None:
                continue
            before = task.runner.ledger.spend
            outcome = challenge(
                task.runner,
                incumbent.agent.with_bank(bank),
                incumbent.agent,
                incumbent.pairs(),
                settings.rule,
                settings.look_every,
                decide=verify,
            )
            if not loses(outcome):
                continue
            cost = task.runner.ledger.spend - before
            if task.record.take_back(step, bank, outcome.reason, outcome.pairs, cost):
                self._steps.remove(step)
                return outcome
        return None

    def _without(self, step: tuple[Edit, ...]) -> Bank | None:
        """The present bank without some edits; None where others stand on them."""
        bank = self._task.record.banks[0]
        try:
            for each in self._steps:
                for edit in each if each is not step else ():
                    bank = apply_edit(bank, edit)
        except EditError:
            return None
        return bank


def verify(evidence: PairedEvidence, rule: ChallengeRule) -> Verdict:
    """Whether edits stay, by the gain of whole dialogues with them over those without.

    Args:
        evidence: Those gains so far, -1..1.
        rule: How many pairs there are at least.
    """
    gain = f"mean gain {100 * evidence.mean:+.1f} points in {evidence.n} pairs of whole dialogues"
    if evidence.n < rule.min_pairs:
        return Verdict(outcome="continue", reason=gain)
    reach = NormalDist().inv_cdf(CERTAINTY) * evidence.standard_error
    settled = abs(evidence.mean) > reach or evidence.n >= MOST_PAIRS
    decision = "accept" if evidence.mean >= 0 else "reject"
    return Verdict(outcome=decision if settled else "continue", reason=gain)


def loses(outcome: ChallengeOutcome) -> bool:
    """Whether edits are taken back."""
    told = outcome.decided or outcome.pairs >= FEWEST_PAIRS
    return told and outcome.gain is not None and outcome.gain.mean < 0
