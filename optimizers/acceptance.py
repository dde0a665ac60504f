"""Acceptance of edits: screened at single turns, confirmed by whole dialogues."""

from collections.abc import Sequence
from functools import partial

from esc_skills.metrics.evidence.whole_dialogues import confirm
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Rollout, Spend

from .bundles import Bundle, bundle
from .challenge import PairSequence, challenge
from .first_bank import give_up_first_bank
from .gates import Ruling, rule_on
from .incumbent import Incumbent
from .record import told
from .screening import Screener
from .strategy import SearchTask
from .verification import Verification


class Acceptance:
    """Tests proposed edits and continues with the winner and its dialogues.

    Args:
        task: The search.
    """

    def __init__(self, task: SearchTask) -> None:
        self.task = task
        self._pairs = PairSequence(task.validation, task.runner.seed, 0)
        self.incumbent = Incumbent(task.agent, task.runner, self._pairs, task.validation)
        """The bank to beat."""
        self.exhausted = False
        """Whether nothing was left to try when edits were last considered."""
        self._screener = Screener(task.runner, task.settings, task.record)
        self._verification = Verification(task)

    def begin(self) -> None:
        """Find out whether the first bank is better than none; go on without it if it is not.

        Raises:
            BudgetExhausted: The budget ended on the way.
        """
        played = give_up_first_bank(self.task, self._pairs)
        if played is None:
            return
        given_up, outcome = played
        known = {profile.id for profile in self.task.validation}
        winner = outcome.incumbent if given_up else outcome.candidate
        dialogues = [rollout for rollout in winner if rollout.profile in known]
        if given_up:
            self._verification = Verification(self.task)
            self._continue_with(self.task.incumbent, dialogues)
        else:
            self.incumbent.add(dialogues)

    def consider(self, edits: Sequence[Edit]) -> bool:
        """Screen some edits and confirm together what passed.

        Where none is new and a budget has calls left, verify what was accepted, and then take up
        again what was dropped.

        Args:
            edits: What is proposed.

        Returns:
            Whether the incumbent has changed.

        Raises:
            BudgetExhausted: The budget ended on the way.
        """
        candidates = self._screener.candidates(edits, self.incumbent)
        if not candidates and self.task.budget_decides:
            if self._verification.take_back():
                self._continue_with(self.task.incumbent)
                return True
            candidates = self._screener.reopened()
        self.exhausted = not candidates
        passed = self._screener.screen(candidates)
        self.task.record.measure(self.incumbent.level)
        if passed is None:
            return False
        return self._confirmed(passed) or self._best_confirmed(passed)

    def make_sure(self) -> None:
        """Verify all that was accepted, where the budget has hardly more calls than that takes."""
        verification = self._verification
        if self.task.budget_decides and verification.due and verification.take_all_back():
            self._continue_with(self.task.incumbent)

    def close(self) -> None:
        """Write down what is still open at the end of the search."""
        self._screener.close()

    def _best_confirmed(self, passed: Bundle) -> bool:
        """Confirm the best of several edits alone, if it passed alone."""
        best = passed.best
        if len(passed.steps) < 2 or best.status != "pass":
            return False
        bank, replies = self.incumbent.agent.bank.value, self.incumbent.replies
        return self._confirmed(bundle(bank, [best], replies, best.reason))

    def _confirmed(self, passed: Bundle) -> bool:
        """Let whole dialogues confirm or refute some edits together."""
        runner, settings = self.task.runner, self.task.settings
        before = runner.ledger.spend
        if unsafe := self.task.record.new_breaches(passed.bank):
            self._write_down(passed, Ruling(False, "safety", *told(unsafe)), Spend())
            return False
        challenger = self.incumbent.agent.with_bank(passed.bank)
        expected = None if "prior" in settings.without else passed.expected
        outcome = challenge(
            runner,
            self.incumbent.agent,
            challenger,
            self.incumbent.pairs(),
            settings.rule,
            settings.look_every,
            decide=partial(confirm, expected=expected, share=self.task.record.trust.believed),
        )
        if passed.expected is not None:
            self.task.record.trust.add(passed.expected, outcome.incumbent, outcome.candidate)
        ruling = rule_on(runner, outcome, settings)
        self._write_down(passed, ruling, runner.ledger.spend - before)
        if ruling.accepted:
            self._verification.add([candidate.edit for candidate, _ in passed.steps])
            self._continue_with(challenger, outcome.candidate)
        else:
            self.incumbent.add(outcome.incumbent)
        return ruling.accepted

    def _write_down(self, passed: Bundle, ruling: Ruling, cost: Spend) -> None:
        """One decision for each edit."""
        others = len(passed.steps) - 1
        pooled = f"; {passed.reason}" if others and passed.reason else ""
        company = f" with {others} other edit{'s' * (others > 1)}" if others else ""
        outcome = "confirmed" if ruling.accepted else "not confirmed"
        for candidate, bank in passed.steps:
            self.task.record.decide(
                [candidate.edit],
                bank,
                accepted=ruling.accepted,
                gate=ruling.gate,
                rules=ruling.rules,
                reason=f"{outcome}{company}: {ruling.reason}; at single turns: "
                f"{candidate.reason}{pooled}",
                cost=candidate.cost + cost,
                pairs=candidate.evidence.n,
                gain=candidate.gain(self.incumbent.replies),
                e_value=candidate.evidence.e_value,
            )
            cost = Spend()  # the dialogues are paid once for all of them

    def _continue_with(self, agent: SupportAgent, played: Sequence[Rollout] = ()) -> None:
        """Make an agent the incumbent, with the dialogues that it has played."""
        task = self.task
        self.incumbent = Incumbent(agent, task.runner, self._pairs, task.validation, played)
