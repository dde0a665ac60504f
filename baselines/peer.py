"""What every peer shares: our runner, ledger and seeds, an exact stop, and the same events.

A peer brings its own rule for what is tried and what is kept. It plays only through `Peer.play`, so
nothing is paid twice and nothing past the budget; when the budget ends, the incumbent stands.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from esc_skills.metrics.sage.credit import credit
from esc_skills.optimizers.challenge import Outcome, level_of
from esc_skills.optimizers.events import Analysed, Decision, Event, Measured, Observer
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.models.failures import BudgetExhausted, DialogueError, boundary
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import Edit, describe
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import EMOTION_START, Rollout
from esc_skills.signatures.skills import Bank

from .quiet import aloud
from .texts import changes

VALIDATION_DIALOGUES = 24
ROLLOUTS_AT_MOST = 99_999
"""More than any budget holds; what a budget of tokens holds is not known before the first one."""
CANDIDATES_AT_LEAST = 8
"""Candidates for whose validation the budget must have room; else they are compared on less."""


class Stopped(BaseException):
    """The search must end; what else than the budget ended it is the cause.

    No `Exception`, since the peers' packages catch those and score them 0.
    """


class Peer(ABC):
    """One search by a peer's rule; see `Search` for the arguments.

    Without a budget a peer ends by `limit`, the number of edits that `SkillEvolution` may propose
    at most with the same settings.
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
        self.incumbent = agent
        self.train = sorted(train, key=lambda profile: profile.id)
        self.validation = sorted(validation, key=lambda profile: profile.id)
        self.runner = runner
        self.settings = settings
        self.observers = observers
        self.banks: list[Bank] = [agent.bank.value]
        self.decisions: list[Decision] = []
        self.measured: list[Measured] = []
        self.seekers = {profile.id: profile for profile in (*self.train, *self.validation)}
        self.generation = 0
        self.best = float("-inf")
        """Greatest validation mean so far, 0..1, of a peer that goes by it."""
        self._compared: dict[str, Sequence[Rollout]] = {}
        self._scores: list[float] = []
        self._spent = runner.ledger.spend

    def __deepcopy__(self, memo: dict[int, object]) -> "Peer":
        """The peer itself: programs that optimizers copy all play through the one runner."""
        return self

    def run(self) -> str:
        """Search until something says stop; returns what did, in words."""
        try:
            with self.runner.models.active(), boundary("editor"):
                return self._search()
        except DialogueError as failure:
            return str(failure)
        except Stopped as stopped:
            if isinstance(stopped.__cause__, (BudgetExhausted, DialogueError, type(None))):
                return str(stopped)
            raise stopped.__cause__ from None

    def emit(self, event: Event) -> None:
        """Tell every observer."""
        with aloud():
            for observer in self.observers:
                observer(event)

    @property
    def bank(self) -> Bank:
        """The incumbent's bank."""
        return self.incumbent.bank.value

    @property
    def limit(self) -> int | None:
        """Proposals after which a search without a budget ends; None where a budget ends it."""
        limited = any(self.runner.ledger.budget.model_dump().values())
        return None if limited else self.settings.generations * self.settings.edits_first

    @property
    def affordable(self) -> int:
        """Rollouts that the rest of the budget surely holds, as far as their cost is known."""
        if self.limit is not None:
            return self.limit * len(self.validation)
        return self.runner.affordable(ROLLOUTS_AT_MOST, self.runner.cost_of(1))

    def validation_pairs(self, most: int = VALIDATION_DIALOGUES) -> list[Pair]:
        """The pairs on which candidates are compared, spread over the validation seekers.

        `most`, or a share of the budget that leaves room for some candidates.
        """
        count = max(1, min(most, self.affordable // CANDIDATES_AT_LEAST))
        seekers = self.validation
        return [(seekers[i % len(seekers)], i // len(seekers)) for i in range(count)]

    def play(self, bank: Bank, pairs: Sequence[Pair]) -> list[Rollout]:
        """Rollouts of the bank on every pair.

        Raises:
            Stopped: The budget does not hold them all, or playing failed for good.
        """
        try:
            rollouts = self.runner.play(self.incumbent.with_bank(bank), pairs)
        except Exception as reason:
            raise Stopped(str(reason)) from reason
        if len(rollouts) < len(pairs):
            raise Stopped("the search's part of the budget is used up")
        self._scores += [rollout.score for rollout in rollouts if rollout.valid]
        return rollouts

    def scores(self, rollouts: Sequence[Rollout]) -> list[float]:
        """A score, 0..1, for each: 0 without a reply, the mean so far for a lost dialogue."""
        mean = sum(self._scores) / len(self._scores) if self._scores else EMOTION_START / 100
        standings = (rollout.standing for rollout in rollouts)
        return [mean if standing is None else standing for standing in standings]

    def analysed(self, rollouts: Sequence[Rollout], edits: Sequence[Edit] = ()) -> None:
        """Report what was played to learn from, and what is proposed."""
        played = tuple(rollout for rollout in rollouts if rollout.valid)
        self.emit(
            Analysed(
                generation=self.generation,
                rollouts=played,
                credit=credit(played),
                findings=(),
                edits=tuple(edits),
                spend=self.runner.ledger.spend,
            )
        )
        self.generation += 1

    def decide(
        self,
        bank: Bank,
        edits: Sequence[Edit],
        *,
        accepted: bool,
        gate: str,
        reason: str,
        outcome: Outcome | None = None,
        parent: Bank | None = None,
    ) -> None:
        """Report what became of a candidate; an accepted one becomes the incumbent.

        The event has room for one edit; of a candidate that differs in several, it holds the first.
        """
        spend = self.runner.ledger.spend
        decision = Decision(
            number=len(self.decisions),
            generation=max(0, self.generation - 1),
            edit=edits[0],
            summary=", ".join(describe(edit) for edit in edits),
            parent=(parent or self.bank).identity,
            candidate=bank.identity,
            bank=bank,
            accepted=accepted,
            gate=gate,
            reason=reason,
            pairs=outcome.pairs if outcome else 0,
            gain=outcome.gain if outcome else None,
            e_value=outcome.e_value if outcome else None,
            cost=spend - self._spent,
            spend=spend,
        )
        self._spent = spend
        self.decisions.append(decision)
        if accepted:
            self.incumbent = self.incumbent.with_bank(bank)
            self.banks.append(bank)
        self.emit(decision)

    def validated(self, bank: Bank, pairs: Sequence[Pair]) -> Sequence[Rollout]:
        """The bank's dialogues on the validation pairs; compared when it is first asked for."""
        if bank.identity not in self._compared:
            self.compare(bank, self.play(bank, pairs))
        return self._compared[bank.identity]

    def compare(self, bank: Bank, rollouts: Sequence[Rollout], edits: Sequence[Edit] = ()) -> None:
        """Report a bank's mean on the validation pairs; the greatest so far is the incumbent.

        Args:
            bank: The candidate; nothing happens if it was compared before.
            rollouts: Its dialogues on the validation pairs.
            edits: What it differs in; read off the texts if not given.
        """
        if bank.identity in self._compared:
            return
        self._compared[bank.identity] = rollouts
        scores = self.scores(rollouts)
        mean, best = sum(scores) / len(scores), self.best
        edits = edits or changes(self.bank, bank)
        if edits:
            reason = f"{100 * mean:.1f} on validation dialogues, the incumbent {100 * best:.1f}"
            self.decide(bank, edits, accepted=mean > best, gate="validation mean", reason=reason)
        if mean > best:
            self.best = mean
            self.measure(rollouts)

    def measure(self, rollouts: Sequence[Rollout]) -> None:
        """Report the incumbent's level on validation seekers."""
        score = level_of(rollouts)
        if score is not None:
            spend, step = self.runner.ledger.spend, len(self.measured)
            event = Measured(step=step, bank=self.bank.identity, score=score, spend=spend)
            self.measured.append(event)
            self.emit(event)

    @abstractmethod
    def _search(self) -> str:
        """Search; returns why it ended."""
