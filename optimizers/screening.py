"""From many proposed edits to the few that deserve whole dialogues, for as few calls as possible.

What is unsafe is not even tried. Edits of different skills are tried together: one bank with all of
them answers at moments of the incumbent's dialogues, each reply tells of the edit whose skill it
uses, and what shows no promise is no longer asked for. What changes nothing is kept until there is
another incumbent; what stays open is tried again in the next generation. (Leaving an edit behind
can only cost power, since the test of each holds however it is stopped.)
"""

from collections.abc import Iterable, Sequence

from esc_skills.metrics.sage.outlook import Outlook
from esc_skills.programs.runner import Runner
from esc_skills.signatures.edits import Edit, EditError, apply_edit

from .bundles import Bundle, bundle, groups_of
from .candidates import Candidate
from .gates import objection_to
from .incumbent import Incumbent
from .record import Record
from .settings import EvolutionSettings
from .turn_trial import TurnTrial

TRIALS = 3
"""Trials in a generation at most; where more edits of one skill were proposed than that, the others
wait for the next incumbent."""
FIRST_ROUNDS = 2
"""Moments with each seeker to begin with."""
REPLIES = 32
"""Replies within which an edit must be on the way to pass; twice as many after every fruitless
generation."""
MOMENTS = 96
"""Moments for which further dialogues are played in any trial; as often doubled."""
PROMISING = 3.0
"""Evidence of one of its edits from which they are played for more."""
ROUNDS_MORE = 8
"""Moments with each seeker that are still read when some have passed: whole dialogues that confirm
three edits cost what they cost for one."""
WAITED_FOR = 1.5
"""Evidence from which an edit is worth those."""
LEAST_REPLIES = 4
"""Replies from which an edit may be left behind, or may join others."""
JOINING = 4.0
"""Evidence of its own from which an edit joins others when all together have passed."""
START, LOSING = 8, 0.7
"""Evidence under which an edit is left behind after so many replies. From there it must have grown
as if to pass within `REPLIES` more."""
SET_ASIDE = 8
"""Undecided edits at most that are kept for the next generation."""
IDLE = 16
"""Edits at most that changed nothing and are kept for the next incumbent, under which they may."""


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
        fruitless: int,
    ) -> Bundle | None:
        """The edits that pass together; None where none does.

        Args:
            edits: What was proposed.
            incumbent: What they are tried on.
            fruitless: Generations since the last acceptance; the longer, the more patience.
        """
        self._incumbent = incumbent
        kept, self._undecided = self._undecided, []
        again = [self._taken_up(candidate) for candidate in kept]
        fresh = [self._admitted(edit) for edit in (*self._awakened(), *edits)]
        candidates = [candidate for candidate in (*again, *fresh) if candidate]
        passed = self._tried(candidates, fruitless)
        self._sort_out([c for c in candidates if passed is None or c not in passed])
        return passed

    def keep(self, edits: Sequence[Edit]) -> None:
        """Try these again under the next incumbent."""
        self._idle = [*self._idle, *edits][-IDLE:]

    def close(self) -> None:
        """Write down what is still open at the end of the search."""
        for candidate in self._undecided:
            self._reject(candidate, "; the search ended before it was decided")

    def _tried(self, candidates: Sequence[Candidate], fruitless: int) -> Bundle | None:
        """Read on until some pass, and a little longer for others, or until nothing deserves it."""
        trials, rounds, left = self._trials(candidates), FIRST_ROUNDS, ROUNDS_MORE
        passed, running = list[Candidate](), list(trials)
        while running and left:
            for trial in list(running):
                sought = self._sought_in(trial, fruitless, WAITED_FOR if passed else 0.0)
                if trial.ended or not sought:
                    running.remove(trial)
                    continue
                before = self.runner.ledger.spend
                trial.read(rounds, sought)
                sought[0].cost += self.runner.ledger.spend - before
            passed = self._passed(trials)
            left -= bool(passed)
            rounds = 1
        return self._together(passed, trials) if passed else None

    def _sought_in(self, trial: TurnTrial, fruitless: int, least: float) -> list[Candidate]:
        """The edits of a trial that one wants to know more of, with so much evidence at least."""
        replies = min(self.settings.rule.max_pairs, REPLIES << fruitless)
        if trial.moments >= MOMENTS << fruitless:
            least = max(least, PROMISING)
        found = (c for c in trial.candidates if self._sought(c, replies))
        return [c for c in found if c.evidence.e_value >= least]

    def _trials(self, candidates: Sequence[Candidate]) -> list[TurnTrial]:
        """As few trials as hold edits that go together."""
        without, bank = self.settings.without, self._incumbent.agent.bank.value
        if "together" in without:
            groups = [[candidate] for candidate in candidates]
        else:
            groups = groups_of(bank, candidates)[:TRIALS]
        outlook = Outlook(()) if "outlook" in without else None
        return [TurnTrial(self.runner, self._incumbent, group, outlook) for group in groups]

    def _sought(self, candidate: Candidate, replies: int) -> bool:
        """Whether one wants to know more of it: it is open, and its evidence is on the way."""
        if candidate.standing != "undecided":
            return False
        n, needed = candidate.evidence.n, 1 / self.settings.rule.error_rate
        if n < LEAST_REPLIES or "pace" in self.settings.without:
            return n < replies
        return candidate.evidence.e_value >= LOSING * needed ** ((n - START) / replies)

    def _passed(self, trials: Sequence[TurnTrial]) -> list[Candidate]:
        """Those that pass alone, and, where a trial passes, those that had a part in it."""
        pooling = "pooling" not in self.settings.without
        return [
            candidate
            for trial in trials
            for candidate in trial.candidates
            if candidate.passed or (pooling and trial.passed and _joins(candidate))
        ]

    def _together(self, passed: Sequence[Candidate], trials: Sequence[TurnTrial]) -> Bundle:
        """What has passed, as one."""
        evidence = max((trial.evidence.e_value for trial in trials if trial.passed), default=None)
        reason = "" if evidence is None else f"evidence of edits tried together {evidence:.3g}"
        return bundle(self._incumbent.agent.bank.value, passed, self._incumbent.replies, reason)

    def _sort_out(self, candidates: Sequence[Candidate]) -> None:
        """Reject, keep for the next generation, or keep for the next incumbent.

        What passed without being taken, for a better edit of the same skill, is kept as well.
        """
        undecided: list[Candidate] = []
        for candidate in candidates:
            if not candidate.moments:
                self.keep([candidate.edit])
            elif candidate.standing in ("fail", "idle"):
                self._reject(candidate)
            elif candidate.standing == "undecided" and not self._sought(candidate, REPLIES):
                self._reject(candidate, f"; evidence {candidate.evidence.e_value:.2g} is too slow")
            else:
                undecided.append(candidate)
        self.keep([c.edit for c in candidates if c.standing == "idle"])
        undecided.sort(key=lambda c: -c.evidence.e_value)
        self._undecided = undecided[:SET_ASIDE]
        for candidate in undecided[SET_ASIDE:]:
            self._reject(candidate, "; others promise more")

    def _awakened(self) -> Iterable[Edit]:
        """The idle edits, if there is a new incumbent."""
        now = self.record.banks[-1].identity
        if now == self._under:
            return ()
        self._under = now
        idle, self._idle = self._idle, []
        return idle

    def _admitted(self, edit: Edit) -> Candidate | None:
        """An edit that is new and safe."""
        parent = self._incumbent.agent.bank.value
        try:
            bank = apply_edit(parent, edit)
        except EditError:
            return None
        if bank.identity in self.record.tried:
            return None
        self.record.tried.add(bank.identity)
        before = self.runner.ledger.spend
        objection = objection_to(self.runner, edit)
        cost = self.runner.ledger.spend - before
        candidate = Candidate(edit, parent, bank, self.settings.rule, cost)
        if objection is None:
            return candidate
        self._decide(candidate, objection.gate, objection.reason)
        return None

    def _taken_up(self, candidate: Candidate) -> Candidate | None:
        """An edit that was set aside; from the start if there is a new incumbent."""
        if candidate.parent.identity == self._incumbent.agent.bank.value.identity:
            return candidate
        again = self._admitted(candidate.edit)
        if again is not None:
            again.cost += candidate.cost
        return again

    def _reject(self, candidate: Candidate, but: str = "") -> None:
        """Write down why not; `but` says it where its own evidence does not."""
        gate = "idle" if candidate.standing == "idle" else "screening"
        self._decide(candidate, gate, f"{candidate.reason}{but}")

    def _decide(self, candidate: Candidate, gate: str, reason: str) -> None:
        """Write a rejection down."""
        self.record.decide(
            [candidate.edit],
            candidate.bank,
            accepted=False,
            gate=gate,
            reason=reason,
            cost=candidate.cost,
            pairs=candidate.evidence.n,
            gain=candidate.gain(self._incumbent.replies),
            e_value=candidate.evidence.e_value,
        )


def _joins(candidate: Candidate) -> bool:
    """Whether an edit had a part in what all together have shown."""
    evidence = candidate.evidence
    undecided = candidate.standing == "undecided"
    return undecided and evidence.n >= LEAST_REPLIES and evidence.e_value > JOINING
