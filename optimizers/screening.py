"""From a proposed edit to a candidate that deserves whole dialogues, for as few calls as possible.

What is unsafe is not even tried; what changes nothing is kept until there is another incumbent;
what stays undecided is tried longer while nothing better is found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from esc_skills.metrics.outlook import Outlook
from esc_skills.programs.failures import DialogueError
from esc_skills.programs.runner import Runner
from esc_skills.signatures.edits import Edit, EditError, apply_edit
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank

from .counterfactual import TurnResult, TurnTrial
from .gates import unsafe_text
from .incumbent import Incumbent
from .record import Record
from .settings import EvolutionSettings

FIRST_LOOK = 32
"""Replies in which an edit may make a difference before it is set aside; twice as many after every
fruitless generation."""
SET_ASIDE = 4
"""Undecided edits at most that are kept for the next generation."""
IDLE = 16
"""Edits at most that changed nothing and are kept for the next incumbent, under which they may."""


@dataclass
class Candidate:
    """An edit on its way through the gates."""

    edit: Edit
    bank: Bank
    trial: TurnTrial
    found: TurnResult
    cost: Spend


class Screener:
    """Puts edits through the safety gate and the turn-level challenge.

    Args:
        runner: Puts the questions to the models.
        settings: The dials.
        record: Where rejections are written down.
    """

    def __init__(self, runner: Runner, settings: EvolutionSettings, record: Record) -> None:
        self.runner = runner
        self.settings = settings
        self.record = record
        self._undecided: list[Candidate] = []
        self._idle: list[Edit] = []
        self._under = record.banks[-1].identity
        """The bank under which the idle edits were last seen to change nothing."""

    def screen(
        self,
        edits: Sequence[Edit],
        incumbent: Incumbent,
        generation: int,
        fruitless: int,
    ) -> list[Candidate]:
        """The candidates that pass.

        Args:
            edits: What was proposed.
            incumbent: What they are tried on.
            generation: Number of the generation, for the record.
            fruitless: Generations since the last acceptance; the longer, the more patience.
        """
        self._generation = generation
        patience = min(self.settings.rule.max_pairs, FIRST_LOOK << fruitless)
        kept, self._undecided = self._undecided, []
        candidates = [again for c in kept if (again := self._taken_up(c, incumbent, patience))]
        for edit in (*self._awakened(), *edits):
            candidate = self._admitted(edit, incumbent, patience)
            if candidate is not None:
                candidates.append(candidate)
        for candidate in candidates:
            if candidate.found.outcome in ("fail", "idle", "budget"):
                self._reject(candidate)
        self.keep([c.edit for c in candidates if c.found.outcome == "idle"])
        undecided = [c for c in candidates if c.found.outcome == "undecided"]
        undecided.sort(key=lambda c: -c.found.e_value)
        self._undecided = undecided[:SET_ASIDE]
        self._reject_all(undecided[SET_ASIDE:])
        return [c for c in candidates if c.found.outcome == "pass"]

    def keep(self, edits: Sequence[Edit]) -> None:
        """Try these again under the next incumbent."""
        self._idle = [*self._idle, *edits][-IDLE:]

    def close(self) -> None:
        """Write down what is still open at the end of the search."""
        self._reject_all(self._undecided)

    def _awakened(self) -> Iterable[Edit]:
        """The idle edits, if there is a new incumbent."""
        now = self.record.banks[-1].identity
        if now == self._under:
            return ()
        self._under = now
        idle, self._idle = self._idle, []
        return idle

    def _admitted(self, edit: Edit, incumbent: Incumbent, patience: int) -> Candidate | None:
        """An edit that is new and safe, after a first trial."""
        try:
            bank = apply_edit(incumbent.agent.bank.value, edit)
        except EditError:
            return None
        if bank.identity in self.record.tried:
            return None
        self.record.tried.add(bank.identity)
        before = self.runner.ledger.spend
        objection = self._objection(edit)
        if objection is not None:
            self._decide(edit, bank, "safety", objection, self.runner.ledger.spend - before)
            return None
        agent = incumbent.agent.with_bank(bank)
        outlook = Outlook(()) if "outlook" in self.settings.without else None
        trial = TurnTrial(self.runner, agent, incumbent, self.settings.rule, outlook)
        found = trial.go_on(patience)
        return Candidate(edit, bank, trial, found, self.runner.ledger.spend - before)

    def _taken_up(
        self,
        candidate: Candidate,
        incumbent: Incumbent,
        patience: int,
    ) -> Candidate | None:
        """Go on with an edit that was set aside, from the start if there is a new incumbent."""
        if candidate.trial.incumbent is not incumbent:
            again = self._admitted(candidate.edit, incumbent, patience)
            if again is not None:
                again.cost += candidate.cost
            return again
        before = self.runner.ledger.spend
        candidate.found = candidate.trial.go_on(patience)
        candidate.cost += self.runner.ledger.spend - before
        return candidate

    def _objection(self, edit: Edit) -> str | None:
        try:
            return unsafe_text(self.runner, edit)
        except DialogueError as failure:
            return f"nobody could review the edit ({failure})"

    def _reject_all(self, candidates: Iterable[Candidate]) -> None:
        for candidate in candidates:
            self._reject(candidate)

    def _reject(self, candidate: Candidate) -> None:
        found = candidate.found
        gate = "screening" if found.outcome in ("fail", "undecided") else found.outcome
        self._decide(candidate.edit, candidate.bank, gate, found.reason, candidate.cost, found)

    def _decide(
        self,
        edit: Edit,
        bank: Bank,
        gate: str,
        reason: str,
        cost: Spend,
        found: TurnResult | None = None,
    ) -> None:
        """Write a rejection down."""
        self.record.decide(
            edit,
            bank,
            generation=self._generation,
            accepted=False,
            gate=gate,
            reason=reason,
            cost=cost,
            spend=self.runner.ledger.spend,
            pairs=found.dialogues if found else 0,
            gain=found.gain if found else None,
            e_value=found.e_value if found else None,
        )
