"""From many proposed edits to the few that deserve whole dialogues, for as few calls as possible.

What is unsafe is not even tried. The others race: all are looked at briefly, the better half twice
as long, and so on, until the evidence decides. What changes nothing is kept until there is another
incumbent; what was left behind is tried again while nothing better is found. (Successive halving:
Karnin, Koren and Somekh, "Almost optimal exploration in multi-armed bandits", ICML 2013. Leaving an
edit behind can only cost power, since the test of each holds however it is stopped.)
"""

import math
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

REPLIES = 32
"""Replies in which an edit may make a difference before it is set aside; twice as many after every
fruitless generation."""
MOMENTS = 48
"""Moments for which further dialogues are played for any edit; as often doubled."""
PROMISING = 3.0
"""Evidence from which they are played for more."""
SURVIVING = 0.5
"""Share of the undecided edits that stay in the race after each of its rounds."""
FIRST_ROUNDS = 2
"""Moments with each seeker in the first round of the race; twice as many in the next."""
LONGEST = 4
"""Moments with a seeker at most that a candidate is asked for at once."""
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

    @property
    def promise(self) -> float:
        """Estimated gain of a dialogue, in points."""
        return self.found.gain.mean if self.found.gain else 0.0


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
        patience = min(self.settings.rule.max_pairs, REPLIES << fruitless)
        kept, self._undecided = self._undecided, []
        again = [self._taken_up(candidate, incumbent) for candidate in kept]
        fresh = [self._admitted(edit, incumbent) for edit in (*self._awakened(), *edits)]
        candidates = [candidate for candidate in (*again, *fresh) if candidate]
        self._race(candidates, patience, MOMENTS << fruitless)
        for candidate in candidates:
            if candidate.found.outcome in ("fail", "idle"):
                self._reject(candidate)
        self.keep([c.edit for c in candidates if c.found.outcome == "idle"])
        undecided = [c for c in candidates if c.found.outcome == "undecided"]
        undecided.sort(key=lambda c: -c.found.e_value)
        self._undecided = undecided[:SET_ASIDE]
        self._reject_all(undecided[SET_ASIDE:])
        return [c for c in candidates if c.found.outcome == "pass"]

    def _race(self, candidates: Sequence[Candidate], replies: int, moments: int) -> None:
        """Read on with fewer and fewer candidates until the evidence has decided on the last."""
        running, rounds = list(candidates), FIRST_ROUNDS
        while running:
            for candidate in running:
                before = self.runner.ledger.spend
                few = candidate.trial.moments < moments
                promising = candidate.found.e_value >= PROMISING
                candidate.trial.read(rounds, play=few or promising)
                candidate.cost += self.runner.ledger.spend - before
                candidate.found = candidate.trial.found
            running = [
                c
                for c in running
                if c.found.outcome == "undecided"
                and c.found.replies < replies
                and not c.trial.ended
            ]
            running.sort(key=lambda c: -c.promise)
            if "race" not in self.settings.without:
                running = running[: math.ceil(SURVIVING * len(running))]
            rounds = min(2 * rounds, LONGEST)

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

    def _admitted(self, edit: Edit, incumbent: Incumbent) -> Candidate | None:
        """An edit that is new and safe."""
        try:
            bank = apply_edit(incumbent.agent.bank.value, edit)
        except EditError:
            return None
        if bank.identity in self.record.tried:
            return None
        self.record.tried.add(bank.identity)
        before = self.runner.ledger.spend
        objection = self._objection(edit)
        cost = self.runner.ledger.spend - before
        if objection is not None:
            self._decide(edit, bank, "safety", objection, cost)
            return None
        agent = incumbent.agent.with_bank(bank)
        outlook = Outlook(()) if "outlook" in self.settings.without else None
        trial = TurnTrial(self.runner, agent, incumbent, self.settings.rule, outlook)
        return Candidate(edit, bank, trial, trial.found, cost)

    def _taken_up(self, candidate: Candidate, incumbent: Incumbent) -> Candidate | None:
        """An edit that was set aside; from the start if there is a new incumbent."""
        if candidate.trial.incumbent is incumbent:
            return candidate
        again = self._admitted(candidate.edit, incumbent)
        if again is not None:
            again.cost += candidate.cost
        return again

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
        gate = "screening" if found.outcome != "idle" else "idle"
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
            pairs=found.replies if found else 0,
            gain=found.gain if found else None,
            e_value=found.e_value if found else None,
        )
