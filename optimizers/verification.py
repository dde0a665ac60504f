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

from .challenge import ChallengeOutcome, PairSequence, challenge
from .incumbent import Incumbent
from .strategy import SearchTask

CERTAINTY = 0.99
"""Probability of the sign of a gain at which no further dialogue is played."""
MOST_PAIRS = 150
"""Pairs of whole dialogues after which the sign of their mean decides ..."""
FEWEST_PAIRS = 24
"""... and where the budget ends before; with fewer, the edits stay."""
KEPT_PAIRS = 48
"""Pairs for which the end of a large budget is kept, at least."""
SPENT = 3
"""Times their calls that must have been spent by then."""


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
        everybody = [*task.train, *task.validation]
        self._pairs = PairSequence(everybody, task.runner.seed, 1)

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
        while self._open:
            if outcome := self._tested([self._open.pop()], incumbent, FEWEST_PAIRS):
                return outcome
        return None

    def take_all_back(self, incumbent: Incumbent) -> ChallengeOutcome | None:
        """Verify all edits together that are not verified; the same otherwise."""
        steps, self._open = self._open, []
        return self._tested(steps, incumbent, KEPT_PAIRS)

    @property
    def due(self) -> bool:
        """Whether the budget holds hardly more than the verification of all edits together.

        Only where that takes at most a third of what was spent before.
        """
        runner = self._task.runner
        least, more = (runner.likely_cost_of(n * KEPT_PAIRS) for n in (2, 3))
        enough = SPENT * least.calls <= runner.ledger.spend.calls
        return bool(self._open) and enough and not runner.ledger.room_for(more)

    def _tested(
        self, steps: Sequence[tuple[Edit, ...]], incumbent: Incumbent, fewest: int
    ) -> ChallengeOutcome | None:
        task, settings = self._task, self._task.settings
        bank = self._without(steps)
        if bank is None:
            return None
        before = task.runner.ledger.spend
        outcome = challenge(
            task.runner,
            incumbent.agent.with_bank(bank),
            incumbent.agent,
            self._pairs,
            settings.rule,
            settings.look_every,
            decide=verify,
        )
        cost = task.runner.ledger.spend - before
        edits = [edit for step in steps for edit in step]
        said = (edits, bank, outcome.reason, outcome.pairs, cost)
        if not loses(outcome, fewest) or not task.record.take_back(*said):
            return None
        self._steps = self._others(steps)
        return outcome

    def _without(self, steps: Sequence[tuple[Edit, ...]]) -> Bank | None:
        """The present bank without some edits; None where others stand on them."""
        bank = self._task.record.banks[0]
        try:
            for edit in (edit for each in self._others(steps) for edit in each):
                bank = apply_edit(bank, edit)
        except EditError:
            return None
        return bank

    def _others(self, steps: Sequence[tuple[Edit, ...]]) -> list[tuple[Edit, ...]]:
        return [each for each in self._steps if not any(each is step for step in steps)]


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


def loses(outcome: ChallengeOutcome, fewest: int) -> bool:
    """Whether edits are taken back."""
    told = outcome.decided or outcome.pairs >= fewest
    return told and outcome.gain is not None and outcome.gain.mean < 0
