"""Log of decisions and measurements of a search, sent to its observers."""

from collections.abc import Sequence

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.credit import credit
from esc_skills.programs.conduct.checker import new_breaches
from esc_skills.programs.conduct.privacy import PrivateText
from esc_skills.programs.conduct.rules import Conduct
from esc_skills.programs.models.ledger import Ledger
from esc_skills.signatures.conduct import Breach
from esc_skills.signatures.edits import Edit, describe, in_words
from esc_skills.signatures.reflection import SkillCredit
from esc_skills.signatures.rollouts import Finding, Rollout, Spend
from esc_skills.signatures.skills import Bank

from .events import FIRST_BANK, VERIFICATION, Analysed, Decision, Event, Measured, Observer
from .turn_trust import TurnTrust

EDIT_LENGTH = 600
"""Characters of a rejected edit that the editor is reminded of."""


class Record:
    """Log of the decisions, incumbents and measurements of one search.

    Args:
        first: The bank that it starts from.
        ledger: What is spent, for the events.
        observers: Told of every event.
        conduct: Rules that candidates must keep besides the packaged ones.
        private: What seekers keep to themselves, and no edit may copy.
    """

    def __init__(
        self,
        first: Bank,
        ledger: Ledger,
        observers: Sequence[Observer] = (),
        conduct: Conduct | None = None,
        private: PrivateText | None = None,
    ) -> None:
        self.observers = observers
        self._conduct, self._private = conduct, private or PrivateText()
        self.generation = 0
        """Number of the present round of proposals, from 0."""
        self.banks: list[Bank] = [first]
        """Every bank that was ever the incumbent, in order."""
        self.decisions: list[Decision] = []
        self.measured: list[Measured] = []
        self.tried: set[str] = {first.identity}
        """Identities of all banks that were ever candidates."""
        self.refused: set[str] = set()
        """Identities of all edits that were rejected; they are not proposed again."""
        self.rejected: list[str] = []
        """The same in words and with the reason, for the editor."""
        self.trust = TurnTrust()
        """How far single turns have predicted whole dialogues so far."""
        self._ledger = ledger
        self._spent = ledger.spend

    def emit(self, event: Event) -> None:
        """Tell every observer."""
        for observer in self.observers:
            observer(event)

    def analysed(
        self,
        rollouts: Sequence[Rollout],
        edits: Sequence[Edit],
        *,
        points: tuple[SkillCredit, ...] | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        """Report the analysed dialogues and the proposed edits.

        Args:
            rollouts: The dialogues; those that are missing data are left out.
            edits: The proposals, in the order in which they are tried.
            points: Credit of the skills; computed from the dialogues if not given.
            findings: What an analyst has found in them.
        """
        played = tuple(rollout for rollout in rollouts if rollout.valid)
        self.emit(
            Analysed(
                generation=self.generation,
                rollouts=played,
                credit=credit(played) if points is None else points,
                findings=findings,
                edits=tuple(edits),
                spend=self._ledger.spend,
            )
        )

    def decide(
        self,
        edits: Sequence[Edit],
        bank: Bank,
        *,
        accepted: bool,
        gate: str,
        reason: str,
        rules: tuple[str, ...] = (),
        pairs: int = 0,
        gain: Interval | None = None,
        e_value: float | None = None,
        cost: Spend | None = None,
        parent: Bank | None = None,
    ) -> bool:
        """Write down one decision; an accepted candidate is the next incumbent.

        The event has room for one edit; of a candidate that differs in several, it holds the first.
        A candidate that would break a hard rule of the conduct is refused, whoever accepts it.

        Args:
            edits: What the candidate differs in from its parent; at least one.
            bank: The candidate.
            accepted: Whether it becomes the incumbent.
            gate: What decided; `VERIFICATION` takes the edits out of the parent.
            reason: Why, in words.
            rules: The rules of the conduct that it breaks, if that decided.
            pairs: Comparisons made.
            gain: What the edit changes, in points.
            e_value: Evidence against 'no gain'.
            cost: Spent on it alone; by default, all since the last decision.
            parent: What it was made of; the incumbent by default.

        Returns:
            Whether the candidate is the incumbent now.
        """
        copied = (self._private.copied_by(edit) for edit in edits) if accepted else ()
        if accepted and (unsafe := (*self.new_breaches(bank), *filter(None, copied))):
            accepted, gate, (reason, rules) = False, "safety", told(unsafe)
        spend = self._ledger.spend
        decision = Decision(
            number=len(self.decisions),
            generation=self.generation,
            edit=edits[0],
            summary="the first bank" if gate == FIRST_BANK else ", ".join(map(describe, edits)),
            parent=(parent or self.banks[-1]).identity,
            candidate=bank.identity,
            bank=bank,
            accepted=accepted,
            gate=gate,
            reason=reason,
            rules=rules,
            pairs=pairs,
            gain=gain,
            e_value=e_value,
            cost=spend - self._spent if cost is None else cost,
            spend=spend,
        )
        self._spent = spend
        self.decisions.append(decision)
        if accepted:
            self.banks.append(bank)
        elif gate != "review":  # nobody has reviewed it
            for edit in edits:
                self.reject(edit, reason, final=gate != "idle")
        self.emit(decision)
        return accepted

    def take_back(
        self, edits: Sequence[Edit], bank: Bank, reason: str, pairs: int, cost: Spend
    ) -> bool:
        """Write down that accepted edits are taken back; they stay refused.

        Args:
            edits: They were accepted together.
            bank: The present one without them.
            reason: What whole dialogues have shown.
            pairs: How many.
            cost: Spent on that.

        Returns:
            Whether that bank is the incumbent now.
        """
        reason = f"further dialogues show no gain: {reason}"
        back = self.decide(
            edits,
            bank,
            accepted=True,
            gate=VERIFICATION,
            reason=reason,
            pairs=pairs,
            cost=cost,
        )
        if back:
            for edit in edits:
                self.reject(edit, reason)
        return back

    def new_breaches(self, bank: Bank) -> tuple[Breach, ...]:
        """Why a bank must not become the incumbent: the hard rules that it newly breaks."""
        return new_breaches(self.banks[-1], bank, self._conduct)

    def reject(self, edit: Edit, reason: str, *, final: bool = True) -> None:
        """Remember that an edit was rejected and why, so that it is not proposed again.

        Args:
            edit: The edit.
            reason: Why, for the editor.
            final: Whether it stays refused; one that changed nothing may do so under another bank.
        """
        if final:
            self.refused.add(edit.identity)
        self.rejected.append(f"{' '.join(in_words(edit).split())[:EDIT_LENGTH]} -> {reason}")

    @property
    def accepted(self) -> list[str]:
        """The accepted edits in words, with what they gained, for the editor."""
        helped = (decision for decision in self.decisions if decision.accepted)
        return [f"{decision.title} -> {decision.reason}" for decision in helped]

    def measure(self, score: Interval | None) -> None:
        """Record the estimated level of the incumbent; None is ignored."""
        if score is None:
            return
        event = Measured(
            step=len(self.measured),
            bank=self.banks[-1].identity,
            score=score,
            spend=self._ledger.spend,
        )
        self.measured.append(event)
        self.emit(event)


def told(breaches: Sequence[Breach]) -> tuple[str, tuple[str, ...]]:
    """(The breaches in words, the names of their rules)."""
    sentences = "; ".join(breach.sentence for breach in breaches)
    return sentences, tuple(dict.fromkeys(breach.rule for breach in breaches))
