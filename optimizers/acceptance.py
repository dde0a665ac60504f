"""Acceptance of edits: chosen at single turns, proven by whole dialogues.

A bundle of edits enters the bank only if its whole dialogues, on pairs that no turn was read of,
prove a gain against the incumbent: an anytime-valid test at the error rate, so that an edit which
helps at turns and harms later passes no oftener than any other. A bundle that fails is halved.
"""

import math
from collections.abc import Sequence

from esc_skills.metrics.evidence.statistics import ChallengeRule, prove
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.rollouts import Spend

from .bundles import Bundle
from .challenge import ChallengeOutcome, PairSequence, challenge
from .gates import Ruling, rule_on
from .incumbent import Incumbent
from .screening import Screener
from .starting import race
from .strategy import SearchTask


class Acceptance:
    """Tests proposed edits and continues with the winner and its dialogues.

    Args:
        task: The search.
    """

    def __init__(self, task: SearchTask) -> None:
        self.task = task
        self._pairs = PairSequence(task.validation, task.runner.seed, 0)
        won = race(task, self._pairs)
        agent, runner = task.incumbent, task.runner
        self.incumbent = Incumbent(agent, runner, self._pairs, task.validation, won)
        """The bank to beat."""
        self._proofs = 0
        self._screener = Screener(task.runner, task.settings, task.record)

    def consider(self, edits: Sequence[Edit], fruitless: int = 0) -> bool:
        """Screen some edits and put together what passed to whole dialogues.

        Args:
            edits: What is proposed.
            fruitless: Generations without an acceptance before; more of them, more patience.

        Returns:
            Whether anything was accepted.

        Raises:
            BudgetExhausted: The budget ended on the way.
        """
        bundles = self._screener.screen(edits, self.incumbent, fruitless)
        self.task.record.measure(self.incumbent.level)
        for place, found in enumerate(bundles):
            if self._proved(found):
                later = [member.edit for rest in bundles[place + 1 :] for member in rest.members]
                self._screener.keep(later)
                return True
        return False

    def close(self) -> None:
        """Write down what is still open at the end of the search."""
        self._screener.close()

    def _proved(self, found: Bundle) -> bool:
        """Let whole dialogues prove some edits together; where they do not, the better half."""
        runner, settings = self.task.runner, self.task.settings
        before = runner.ledger.spend
        unsafe = self.task.record.objection(found.bank)
        if unsafe is not None:
            self._write_down(found, found, Ruling(False, "safety", unsafe), Spend())
            return False
        challenger = self.incumbent.agent.with_bank(found.bank)
        outcome = challenge(
            runner,
            self.incumbent.agent,
            challenger,
            self._pairs,
            self._rule(),
            settings.look_every,
            decide=prove,
        )
        ruling = rule_on(runner, outcome, settings)
        half = Bundle(found.steps[: len(found.steps) // 2])
        again = not ruling.accepted and outcome.decided and bool(half.steps)
        rejected = Bundle(found.steps[len(half.steps) :]) if again else found
        self._write_down(found, rejected, ruling, runner.ledger.spend - before)
        self._succeed(challenger, ruling.accepted, outcome)
        return ruling.accepted or (again and self._proved(half))

    def _rule(self) -> ChallengeRule:
        """The rule of the next proof, with its share of the error rate."""
        self._proofs += 1
        rule = self.task.settings.rule
        if self.task.settings.error_over == "bundle":
            return rule
        share = 6 / (math.pi * self._proofs) ** 2
        return rule.model_copy(update={"error_rate": share * rule.error_rate})

    def _write_down(self, found: Bundle, decided: Bundle, ruling: Ruling, cost: Spend) -> None:
        """One decision for each edit of a bundle that is decided with it."""
        others = len(found.steps) - 1
        company = f" with {others} other edit{'s' * (others > 1)}" if others else ""
        outcome = "proven" if ruling.accepted else "not proven"
        for candidate, bank in decided.steps:
            self.task.record.decide(
                [candidate.edit],
                bank,
                accepted=ruling.accepted,
                gate=ruling.gate,
                reason=f"{outcome}{company}: {ruling.reason}; at single turns: {candidate.reason}",
                cost=candidate.cost + cost,
                pairs=candidate.evidence.n,
                gain=candidate.gain(),
                e_value=candidate.evidence.e_value,
            )
            cost = Spend()  # the dialogues are paid once for all of them

    def _succeed(self, challenger: SupportAgent, accepted: bool, outcome: ChallengeOutcome) -> None:
        """Continue with the winner and the dialogues that it has played."""
        if accepted:
            task = self.task
            self.incumbent = Incumbent(
                challenger, task.runner, self._pairs, task.validation, outcome.candidate
            )
        else:
            self.incumbent.add(outcome.incumbent)
