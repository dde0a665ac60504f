"""The search itself: propose, screen at single turns, confirm by whole dialogues, until the end.

A pure function of its inputs and of what the runner answers, and the runner remembers: that is what
makes a search that was killed and started again end with the same bank.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from esc_skills.metrics.statistics import confirm
from esc_skills.programs.failures import BudgetExhausted, DialogueError
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.edits import Edit, EditError, apply_edit
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank

from .challenge import Outcome, PairSequence, challenge
from .counterfactual import Screening, TurnTrial
from .events import Decision, Event, Measured, Observer
from .gates import unsafe_play, unsafe_text
from .incumbent import Incumbent
from .policy_tuning import best_policy
from .proposing import propose, train_pairs
from .record import Record
from .settings import EvolutionSettings

FIRST_LOOK = 24
"""Dialogues in which every edit of a generation is tried before any is tried further."""
SECOND_LOOKS = 2
"""Undecided edits of a generation that are tried further, where none has passed."""
SET_ASIDE = 4
"""Undecided edits at most that are kept for the next incumbent."""


@dataclass
class Candidate:
    """An edit on its way through the gates."""

    edit: Edit
    bank: Bank
    trial: TurnTrial
    found: Screening
    before: Spend
    """Spend of the run when its trial began."""


class Search:
    """One search, from a first bank to the last incumbent.

    Args:
        agent: The supporter whose bank is evolved.
        train: Seekers to learn from.
        validation: Seekers on which candidates are challenged.
        runner: Plays the dialogues.
        settings: The dials.
        observers: Told of every event.
    """

    def __init__(
        self,
        agent: SupportAgent,
        train: Sequence[Profile],
        validation: Sequence[Profile],
        runner: Runner,
        settings: EvolutionSettings,
        observers: Sequence[Observer] = (),
    ) -> None:
        self.train = train
        self.validation = validation
        self.runner = runner
        self.settings = settings
        self.record = Record(agent.bank.value, observers)
        self._pairs = PairSequence(validation, runner.seed, 0)
        self._incumbent = Incumbent(agent, runner, self._pairs, validation)
        self._set_aside: list[Edit] = []

    @property
    def incumbent(self) -> SupportAgent:
        """Holds the best bank so far."""
        return self._incumbent.agent

    @property
    def banks(self) -> list[Bank]:
        """Every bank that was ever the incumbent, in order."""
        return self.record.banks

    @property
    def decisions(self) -> list[Decision]:
        """Every decision so far."""
        return self.record.decisions

    @property
    def measured(self) -> list[Measured]:
        """What was known of the incumbents' levels, in order."""
        return self.record.measured

    def run(self) -> str:
        """Search until something says stop; returns what did, in words."""
        try:
            stopped = self._generations()
            self._tune_policy()
            return stopped
        except BudgetExhausted as reason:
            return str(reason)

    def emit(self, event: Event) -> None:
        """Tell every observer."""
        self.record.emit(event)

    def _generations(self) -> str:
        fruitless = 0
        for generation in range(self.settings.generations):
            edits = propose(
                self.runner, self.incumbent, self.train, self.settings, self.record, generation
            )
            accepted = self._try((*self._set_aside, *edits), generation)
            fruitless = 0 if accepted else fruitless + 1
            if fruitless >= self.settings.patience:
                return f"patience: {fruitless} generations without an accepted edit"
            if self._target_reached():
                return f"target: validation score {self.settings.target} reached"
            if not self.runner.ledger.room_for(self.runner.cost_of(1)):
                raise BudgetExhausted("the search's part of the budget is used up")
        return f"all {self.settings.generations} generations done"

    def _try(self, edits: Sequence[Edit], generation: int) -> bool:
        """Screen the edits, confirm together what passed; True if anything was accepted."""
        admitted = (self._admitted(edit, generation) for edit in edits)
        candidates = [candidate for candidate in admitted if candidate is not None]
        self._reject_failed(candidates, generation)
        self.record.measure(self._incumbent.level, self.runner.ledger.spend)
        accepted = self._confirm_passed(candidates, generation)
        undecided = [c for c in candidates if c.found.outcome == "undecided"]
        undecided.sort(key=lambda c: -c.found.e_value)
        if not accepted:
            further, undecided = undecided[:SECOND_LOOKS], undecided[SECOND_LOOKS:]
            for candidate in further:
                candidate.found = candidate.trial.go_on(self.settings.rule.max_pairs)
            self._reject_failed(further, generation)
            accepted = self._confirm_passed(further, generation)
        for candidate in undecided:
            self._reject(candidate, generation, "set aside")
        self._set_aside = [candidate.edit for candidate in undecided[:SET_ASIDE]]
        if accepted:
            self.record.measure(self._incumbent.level, self.runner.ledger.spend)
        return accepted

    def _admitted(self, edit: Edit, generation: int) -> Candidate | None:
        """Put one edit through the safety gate and the first look of the turn-level challenge."""
        try:
            bank = apply_edit(self.incumbent.bank.value, edit)
        except EditError:
            return None
        if bank.identity in self.record.tried:
            return None
        self.record.tried.add(bank.identity)
        before = self.runner.ledger.spend
        objection = self._objection(edit)
        if objection is not None:
            self.record.decide(
                edit,
                bank,
                generation=generation,
                accepted=False,
                gate="safety",
                reason=objection,
                before=before,
                spend=self.runner.ledger.spend,
            )
            return None
        trial = TurnTrial(
            self.runner,
            self.incumbent.with_bank(bank),
            self._incumbent.logged,
            self._incumbent.outlook,
            self.settings.rule,
            self.settings.look_every,
        )
        return Candidate(edit, bank, trial, trial.go_on(FIRST_LOOK), before)

    def _objection(self, edit: Edit) -> str | None:
        try:
            return unsafe_text(self.runner, edit)
        except DialogueError as failure:
            return f"nobody could review the edit ({failure})"

    def _reject_failed(self, candidates: Sequence[Candidate], generation: int) -> None:
        for candidate in candidates:
            if candidate.found.outcome in ("fail", "budget"):
                gate = "screening" if candidate.found.outcome == "fail" else "budget"
                self._reject(candidate, generation, gate)

    def _reject(self, candidate: Candidate, generation: int, gate: str) -> None:
        found = candidate.found
        self.record.decide(
            candidate.edit,
            candidate.bank,
            generation=generation,
            accepted=False,
            gate=gate,
            reason=found.reason,
            before=candidate.before,
            spend=self.runner.ledger.spend,
            pairs=found.dialogues,
            gain=found.gain,
            e_value=found.e_value,
        )

    def _confirm_passed(self, candidates: Sequence[Candidate], generation: int) -> bool:
        """Confirm all that passed together; failing that, the best alone."""
        passed = [c for c in candidates if c.found.outcome == "pass"]
        passed.sort(key=lambda c: -c.found.gain.mean if c.found.gain else 0.0)
        if not passed:
            return False
        if self._confirmed(self._steps(passed), generation):
            return True
        return len(passed) > 1 and self._confirmed(self._steps(passed[:1]), generation)

    def _confirmed(self, steps: Sequence[tuple[Candidate, Bank]], generation: int) -> bool:
        """Let whole dialogues confirm or refute some edits together."""
        before = self.runner.ledger.spend
        challenger = self.incumbent.with_bank(steps[-1][1])
        outcome = challenge(
            self.runner,
            self.incumbent,
            challenger,
            self._pairs,
            self.settings.rule,
            self.settings.look_every,
            decide=confirm,
        )
        objection = unsafe_play(outcome.candidate, outcome.incumbent)
        accepted = outcome.accepted and objection is None
        gate = "safety" if objection else "challenge" if outcome.decided else "budget"
        together = f" with {len(steps) - 1} more" if len(steps) > 1 else ""
        for candidate, bank in steps:
            turns = f"turns: {candidate.found.reason}; dialogues{together}: {outcome.reason}"
            self.record.decide(
                candidate.edit,
                bank,
                generation=generation,
                accepted=accepted,
                gate=gate,
                reason=objection or turns,
                before=before,
                spend=self.runner.ledger.spend,
                pairs=outcome.pairs,
                gain=outcome.gain,
                e_value=candidate.found.e_value,
            )
            before = self.runner.ledger.spend
        self._succeed(challenger, accepted, outcome)
        return accepted

    def _steps(self, passed: Sequence[Candidate]) -> list[tuple[Candidate, Bank]]:
        """Each edit with the bank that it leads to when they are applied one after the other."""
        bank, steps = self.incumbent.bank.value, list[tuple[Candidate, Bank]]()
        for candidate in passed:
            try:
                bank = apply_edit(bank, candidate.edit)
            except EditError:
                continue  # an edit before it has taken its ground away
            steps.append((candidate, bank))
        return steps

    def _succeed(self, candidate: SupportAgent, accepted: bool, outcome: Outcome) -> None:
        """Go on with the winner and with the dialogues that it has played."""
        if accepted:
            self._incumbent = Incumbent(
                candidate, self.runner, self._pairs, self.validation, outcome.candidate
            )
        else:
            self._incumbent.add(outcome.incumbent)

    def _target_reached(self) -> bool:
        target, level = self.settings.target, self._incumbent.level
        return target is not None and level is not None and level.low >= 100 * target

    def _tune_policy(self) -> None:
        """Tune the policy's numbers on train seekers, then put the best setting to the test."""
        if not self.settings.policy_trials or not self.incumbent.bank.value.skills:
            return
        pairs = train_pairs(self.train, self.settings.policy_pairs, -1, self.runner.seed)
        edit = best_policy(self.runner, self.incumbent, pairs, self.settings.policy_trials)
        if edit is not None:
            self._try([edit], self.settings.generations)
