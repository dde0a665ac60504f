"""Verification: what was accepted is tested again by whole dialogues, where calls are left for it.

A confirmation sees few dialogues, so that an edit whose harm comes late may pass. When nothing else
is left to try, the bank plays against the bank without the edits that were accepted together; near
the end of a large budget, against the bank without all that was not verified. Edits that lose are
taken back.
"""

from collections.abc import Sequence

from esc_skills.metrics.evidence.whole_dialogues import verify
from esc_skills.signatures.edits import Edit, EditError, apply_edit
from esc_skills.signatures.skills import Bank

from .challenge import ChallengeOutcome, PairSequence, challenge
from .strategy import SearchTask

FEWEST_PAIRS = 24
"""Pairs of whole dialogues whose sign decides where the budget ends; with fewer, edits stay."""
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
        self._base = task.bank
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

    def take_back(self) -> bool:
        """Verify edits until some are taken back; whether any are."""
        while self._open:
            if self._taken_back([self._open.pop()], FEWEST_PAIRS):
                return True
        return False

    def take_all_back(self) -> bool:
        """Verify all edits together that are not verified; whether they are taken back."""
        steps, self._open = self._open, []
        return self._taken_back(steps, KEPT_PAIRS)

    @property
    def due(self) -> bool:
        """Whether the budget holds hardly more than the verification of all edits together.

        Only where that takes at most a third of what was spent before.
        """
        runner = self._task.runner
        least, more = (runner.likely_cost_of(n * KEPT_PAIRS) for n in (2, 3))
        enough = SPENT * least.calls <= runner.ledger.spend.calls
        return bool(self._open) and enough and not runner.ledger.room_for(more)

    def _taken_back(self, steps: Sequence[tuple[Edit, ...]], fewest: int) -> bool:
        task, settings = self._task, self._task.settings
        bank = self._without(steps)
        if bank is None:
            return False
        before = task.runner.ledger.spend
        outcome = challenge(
            task.runner,
            task.agent.with_bank(bank),
            task.incumbent,
            self._pairs,
            settings.rule,
            settings.look_every,
            decide=verify,
        )
        cost = task.runner.ledger.spend - before
        edits = [edit for step in steps for edit in step]
        said = (edits, bank, outcome.reason, outcome.pairs, cost)
        if not loses(outcome, fewest) or not task.record.take_back(*said):
            return False
        self._steps = self._others(steps)
        return True

    def _without(self, steps: Sequence[tuple[Edit, ...]]) -> Bank | None:
        """The present bank without some edits; None where others stand on them."""
        bank = self._base
        try:
            for edit in (edit for each in self._others(steps) for edit in each):
                bank = apply_edit(bank, edit)
        except EditError:
            return None
        return bank

    def _others(self, steps: Sequence[tuple[Edit, ...]]) -> list[tuple[Edit, ...]]:
        return [each for each in self._steps if not any(each is step for step in steps)]


def loses(outcome: ChallengeOutcome, fewest: int) -> bool:
    """Whether edits are taken back."""
    told = outcome.decided or outcome.pairs >= fewest
    return told and outcome.gain is not None and outcome.gain.mean < 0
