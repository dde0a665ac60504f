"""What a search has decided and measured, told to whoever watches."""

from collections.abc import Sequence

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.signatures.edits import Edit, describe
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank

from .events import Decision, Event, Measured, Observer

REJECTION_LENGTH = 600
"""Characters of a rejected edit that the editor is reminded of."""


class Record:
    """The story of one search.

    Args:
        first: The bank that it starts from.
        observers: Told of every event.
    """

    def __init__(self, first: Bank, observers: Sequence[Observer] = ()) -> None:
        self.observers = observers
        self.banks: list[Bank] = [first]
        """Every bank that was ever the incumbent, in order."""
        self.decisions: list[Decision] = []
        self.measured: list[Measured] = []
        self.tried: set[str] = {first.identity}
        """Identities of all banks that were ever candidates."""
        self.refused: set[str] = set()
        """Identities of all edits that were rejected; they are not proposed again."""
        self.rejected: list[str] = []
        """The same in words, for the editor."""

    def emit(self, event: Event) -> None:
        """Tell every observer."""
        for observer in self.observers:
            observer(event)

    def decide(
        self,
        edit: Edit,
        bank: Bank,
        *,
        generation: int,
        accepted: bool,
        gate: str,
        reason: str,
        cost: Spend,
        spend: Spend,
        pairs: int = 0,
        gain: Interval | None = None,
        e_value: float | None = None,
    ) -> None:
        """Write down one decision on the present incumbent; see `Decision` for the arguments."""
        decision = Decision(
            number=len(self.decisions),
            generation=generation,
            edit=edit,
            summary=describe(edit),
            parent=self.banks[-1].identity,
            candidate=bank.identity,
            bank=bank,
            accepted=accepted,
            gate=gate,
            reason=reason,
            pairs=pairs,
            gain=gain,
            e_value=e_value,
            cost=cost,
            spend=spend,
        )
        self.decisions.append(decision)
        if accepted:
            self.banks.append(bank)
        elif gate != "idle":  # it changed nothing yet, which refutes nothing
            self.reject(edit)
        self.emit(decision)

    def reject(self, edit: Edit) -> None:
        """Keep in mind that an edit was rejected, so that it is not proposed again."""
        text = " ".join(edit.model_dump_json(exclude={"reason"}).split())
        self.refused.add(edit.identity)
        self.rejected.append(f"{describe(edit)}: {text[:REJECTION_LENGTH]}")

    def measure(self, score: Interval | None, spend: Spend) -> None:
        """Write down what is known of the incumbent's level; None is nothing."""
        if score is None:
            return
        event = Measured(
            step=len(self.measured), bank=self.banks[-1].identity, score=score, spend=spend
        )
        self.measured.append(event)
        self.emit(event)
