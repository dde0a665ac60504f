"""The search itself: propose, screen at single turns, confirm by whole dialogues, until the end.

A pure function of its inputs and of what the runner answers, and the runner remembers: that is what
makes a search that was killed and started again end with the same bank.
"""

from collections.abc import Sequence
from functools import partial

from esc_skills.metrics.evidence.statistics import confirm
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank

from .bundles import Bundle, bundle
from .challenge import Outcome, PairSequence, challenge
from .events import Decision, Event, Measured, Observer
from .gates import rule_on
from .incumbent import Incumbent
from .policy_tuning import best_policy
from .proposing import propose, train_pairs
from .record import Record
from .screening import Screener
from .settings import EvolutionSettings


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
        self._screener = Screener(runner, settings, self.record)

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
        except BudgetExhausted as reason:
            stopped = str(reason)
        self._screener.close()
        return stopped

    def emit(self, event: Event) -> None:
        """Tell every observer."""
        self.record.emit(event)

    def _generations(self) -> str:
        fruitless = 0
        for generation in range(self.settings.generations):
            edits = propose(
                self.runner,
                self.incumbent,
                self.train,
                self.settings,
                self.record,
                generation,
                fruitless,
            )
            accepted = self.consider(edits, generation, fruitless)
            fruitless = 0 if accepted else fruitless + 1
            if fruitless >= self.settings.patience:
                return f"patience: {fruitless} generations without an accepted edit"
            if self._target_reached():
                return f"target: validation score {self.settings.target} reached"
            if not self.runner.ledger.room_for(self.runner.cost_of(1)):
                raise BudgetExhausted("the search's part of the budget is used up")
        return f"all {self.settings.generations} generations done"

    def consider(self, edits: Sequence[Edit], generation: int, fruitless: int = 0) -> bool:
        """Screen some edits and confirm together what passed.

        Args:
            edits: What is proposed.
            generation: Number of the generation, for the record.
            fruitless: Generations without an acceptance before; more of them, more patience.

        Returns:
            Whether anything was accepted.

        Raises:
            BudgetExhausted: The budget ended on the way.
        """
        passed = self._screener.screen(edits, self._incumbent, generation, fruitless)
        self.record.measure(self._incumbent.level, self.runner.ledger.spend)
        return self._confirm_passed(passed, generation)

    def _confirm_passed(self, passed: Bundle | None, generation: int) -> bool:
        """Confirm all that passed together; failing that, the best alone, if it passed alone."""
        if passed is None:
            return False
        if self._confirmed(passed, generation):
            return True
        best = passed.best
        if len(passed.steps) < 2 or best.standing != "pass":
            return False
        bank, replies = self.incumbent.bank.value, self._incumbent.replies
        return self._confirmed(bundle(bank, [best], replies, best.reason), generation)

    def _confirmed(self, passed: Bundle, generation: int) -> bool:
        """Let whole dialogues confirm or refute some edits together."""
        before = self.runner.ledger.spend
        challenger = self.incumbent.with_bank(passed.bank)
        expected = None if "prior" in self.settings.without else passed.expected
        outcome = challenge(
            self.runner,
            self.incumbent,
            challenger,
            self._incumbent.pairs(),
            self.settings.rule,
            self.settings.look_every,
            decide=partial(confirm, expected=expected),
        )
        accepted, gate, reason = rule_on(self.runner, outcome, self.settings)
        others = len(passed.steps) - 1
        together = f"; {passed.reason}; dialogues with {others} more" if others else "; dialogues"
        cost = self.runner.ledger.spend - before
        replies = self._incumbent.replies
        for candidate, bank in passed.steps:
            self.record.decide(
                candidate.edit,
                bank,
                generation=generation,
                accepted=accepted,
                gate=gate,
                reason=f"turns: {candidate.reason}{together}: {reason}",
                cost=candidate.cost + cost,
                spend=self.runner.ledger.spend,
                pairs=candidate.evidence.n,
                gain=candidate.gain(replies),
                e_value=candidate.evidence.e_value,
            )
            cost = Spend()  # the dialogues are paid once for all of them
        self._succeed(challenger, accepted, outcome)
        return accepted

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
            self.consider([edit], self.settings.generations)
