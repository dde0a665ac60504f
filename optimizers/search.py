"""The search itself: analyse, propose, challenge, accept or reject, until something says stop.

A pure function of its inputs and of what the runner answers, and the runner remembers: that is what
makes a search that was killed and started again end with the same bank.
"""

import math
import random
from collections.abc import Sequence

from esc_skills.metrics.credit import credit
from esc_skills.programs.analyst import TraceAnalyst
from esc_skills.programs.editor import BankEditor
from esc_skills.programs.failures import BudgetExhausted, DialogueError
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.seeds import derive_seed
from esc_skills.programs.support_agent import NO_SKILL, SupportAgent
from esc_skills.signatures.edits import Edit, EditError, RemoveSkill, apply_edit, describe
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.reflection import SkillCredit
from esc_skills.signatures.rollouts import Rollout, Spend
from esc_skills.signatures.skills import Bank

from .challenge import Outcome, PairSequence, challenge, level_of
from .events import Analysed, Decision, Event, Measured, Observer
from .gates import unsafe_play, unsafe_text
from .policy_tuning import best_policy
from .settings import EvolutionSettings

PRUNING_USES = 8
"""Replies with a skill from which its credit may speak against it."""
REJECTION_LENGTH = 600
"""Characters of a rejected edit that the editor is reminded of."""


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
        self.incumbent = agent
        self.train = sorted(train, key=lambda profile: profile.id)
        self.validation = validation
        self.runner = runner
        self.settings = settings
        self.observers = observers
        self.banks: list[Bank] = [agent.bank.value]
        self.decisions: list[Decision] = []
        self.measured: list[Measured] = []
        self._tried: set[str] = {agent.bank.value.identity}
        self._rejected: list[str] = []
        self._refused: set[str] = set()
        self._seen: tuple[Rollout, ...] = ()
        self._pairs = PairSequence(validation, runner.seed, 0)

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
        for observer in self.observers:
            observer(event)

    def _generations(self) -> str:
        fruitless = 0
        for generation in range(self.settings.generations):
            accepted = [self._consider(edit, generation) for edit in self._proposals(generation)]
            fruitless = 0 if any(accepted) else fruitless + 1
            if fruitless >= self.settings.patience:
                return f"patience: {fruitless} generations without an accepted edit"
            if self._target_reached():
                return f"target: validation score {self.settings.target} reached"
            if not self.runner.ledger.room_for(self.runner.cost_of(1)):
                raise BudgetExhausted("the search's part of the budget is used up")
        return f"all {self.settings.generations} generations done"

    def _proposals(self, generation: int) -> tuple[Edit, ...]:
        """Play train seekers, read the dialogues, propose edits."""
        rollouts = [r for r in self._play_train(generation) if r.valid]
        if not rollouts:
            return ()
        bank, points = self.incumbent.bank.value, credit(rollouts)
        limit = edit_budget(self.settings, generation)
        try:
            findings = self.runner.consult(
                lambda: TraceAnalyst()(rollouts, bank, points).findings, generation
            )
            edits = self.runner.consult(
                lambda: (
                    BankEditor()(bank, findings, points, self._rejected, self._tried, limit).edits
                ),
                generation,
            )
        except DialogueError:
            findings, edits = (), ()  # a generation without advice; patience bounds how many
        fresh = (edit for edit in edits if edit.identity not in self._refused)
        edits = (*_prunings(points), *fresh)
        self.emit(
            Analysed(
                generation=generation,
                rollouts=tuple(rollouts),
                credit=points,
                findings=findings,
                edits=edits,
                spend=self.runner.ledger.spend,
            )
        )
        return edits

    def _play_train(self, generation: int) -> list[Rollout]:
        return self.runner.play(
            self.incumbent,
            train_pairs(self.train, self.settings.train_rollouts, generation, self.runner.seed),
        )

    def _consider(self, edit: Edit, generation: int) -> bool:
        """Put one edit through the gates and the challenge; True if it was accepted."""
        parent = self.incumbent.bank.value
        try:
            bank = apply_edit(parent, edit)
        except EditError:
            return False  # an edit accepted before it has taken its ground away
        if bank.identity in self._tried:
            return False
        self._tried.add(bank.identity)
        before = self.runner.ledger.spend
        objection = self._objection(edit)
        if objection is not None:
            self._decide(edit, generation, bank, before, gate="safety", reason=objection)
            return False
        candidate = self.incumbent.with_bank(bank)
        outcome = challenge(
            self.runner,
            self.incumbent,
            candidate,
            self._pairs,
            self.settings.rule,
            self.settings.look_every,
        )
        objection = unsafe_play(outcome.candidate, outcome.incumbent)
        if objection is not None:
            self._decide(edit, generation, bank, before, "safety", objection, outcome)
            return False
        gate = "challenge" if outcome.decided else "budget"
        self._decide(edit, generation, bank, before, gate, outcome.reason, outcome)
        return outcome.accepted

    def _objection(self, edit: Edit) -> str | None:
        try:
            return unsafe_text(self.runner, edit)
        except DialogueError as failure:
            return f"nobody could review the edit ({failure})"

    def _decide(
        self,
        edit: Edit,
        generation: int,
        bank: Bank,
        before: Spend,
        gate: str,
        reason: str,
        outcome: Outcome | None = None,
    ) -> None:
        """Write the decision down, act on it, and tell the observers."""
        spend = self.runner.ledger.spend
        decision = Decision(
            number=len(self.decisions),
            generation=generation,
            edit=edit,
            summary=describe(edit),
            parent=self.incumbent.bank.value.identity,
            candidate=bank.identity,
            bank=bank,
            accepted=bool(outcome and outcome.accepted and gate == "challenge"),
            gate=gate,
            reason=reason,
            pairs=outcome.pairs if outcome else 0,
            gain=outcome.gain if outcome else None,
            e_value=outcome.e_value if outcome else None,
            cost=spend - before,
            spend=spend,
        )
        self.decisions.append(decision)
        if decision.accepted:
            self._promote(bank)
        else:
            text = " ".join(edit.model_dump_json(exclude={"reason"}).split())
            self._refused.add(edit.identity)
            self._rejected.append(f"{decision.summary}: {text[:REJECTION_LENGTH]}")
        self.emit(decision)
        if outcome and decision.accepted:
            self._measure(outcome.candidate)
        elif outcome:
            self._seen = max(self._seen, outcome.incumbent, key=len)
            self._measure(self._seen)

    def _promote(self, bank: Bank) -> None:
        self.incumbent = self.incumbent.with_bank(bank)
        self.banks.append(bank)
        self._seen = ()
        self._pairs = PairSequence(self.validation, self.runner.seed, len(self.banks) - 1)

    def _measure(self, rollouts: Sequence[Rollout]) -> None:
        """Report the incumbent's validation level; a promotion's own dialogues only at first.

        The dialogues that won a bank its place flatter it, so they are dropped as soon as it has
        been measured again as incumbent.
        """
        score = level_of(rollouts)
        if score is None:
            return
        event = Measured(
            step=len(self.measured),
            bank=self.incumbent.bank.value.identity,
            score=score,
            spend=self.runner.ledger.spend,
        )
        self.measured.append(event)
        self.emit(event)

    def _target_reached(self) -> bool:
        target = self.settings.target
        return target is not None and bool(
            self.measured and self.measured[-1].score.low >= 100 * target
        )

    def _tune_policy(self) -> None:
        """Tune the policy's numbers on train seekers, then challenge the best setting."""
        if not self.settings.policy_trials or not self.incumbent.bank.value.skills:
            return
        pairs = train_pairs(self.train, self.settings.policy_pairs, -1, self.runner.seed)
        edit = best_policy(self.runner, self.incumbent, pairs, self.settings.policy_trials)
        if edit is not None:
            self._consider(edit, self.settings.generations)


def _prunings(points: Sequence[SkillCredit]) -> tuple[Edit, ...]:
    """Leave-one-skill-out: try the bank without the skill whose replies were received worst.

    Unlike what the editor proposes, it is tried again for a new incumbent, since what a skill is
    worth depends on the others.
    """
    worst = min(
        (row for row in points if row.skill != NO_SKILL and row.uses >= PRUNING_USES),
        key=lambda row: row.lift,
        default=None,
    )
    if worst is None or worst.lift >= 0:
        return ()
    reason = f"its {worst.uses} replies were received {-worst.lift:.1f} points worse than others"
    return (RemoveSkill(name=worst.skill, reason=reason),)


def edit_budget(settings: EvolutionSettings, generation: int) -> int:
    """Edits that a generation may propose: from first to last along half a cosine."""
    first, last = settings.edits_first, settings.edits_last
    share = generation / max(1, settings.generations - 1)
    return round(last + (first - last) * (1 + math.cos(math.pi * share)) / 2)


def train_pairs(profiles: Sequence[Profile], count: int, generation: int, seed: int) -> list[Pair]:
    """`count` (profile, replicate) pairs of a generation, spread evenly over the profiles."""
    order = list(profiles)
    random.Random(derive_seed(seed, "train", generation)).shuffle(order)
    first = (generation + 1) * count  # replicates that no other generation uses
    return [(order[i % len(order)], first + i // len(order)) for i in range(count)]
