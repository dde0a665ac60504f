"""Screening: select the few edits that deserve whole dialogues, with as few calls as possible.

Unsafe edits are not tested. Edits of different skills are tested together: one bank with all of
them answers at turns of the incumbent's dialogues, each reply is evidence about the edit whose
skill it uses, and edits without promise get no further turns. Edits that change no reply wait for
the next incumbent; undecided edits are tested again in the next generation. (Dropping an edit can
only cost power, since its test is valid under any stopping rule.)
"""

from collections.abc import Iterable, Sequence

from esc_skills.metrics.sage.outlook import Outlook
from esc_skills.programs.runner import Runner
from esc_skills.signatures.edits import Edit, EditError, apply_edit

from .bundles import Bundle, bundle, groups_of
from .candidates import Candidate
from .discoveries import DiscoveryRate
from .gates import objection_to
from .incumbent import Incumbent
from .record import Record
from .screening_rule import ScreeningRule
from .settings import EvolutionSettings
from .turn_trial import TurnTrial


class Screener:
    """Puts edits through the safety gate and the turn-level challenge.

    Args:
        runner: Puts the questions to the models.
        settings: The dials.
        record: Records rejections.
        rule: How many turns an edit gets.
    """

    def __init__(
        self,
        runner: Runner,
        settings: EvolutionSettings,
        record: Record,
        rule: ScreeningRule | None = None,
    ) -> None:
        self.runner = runner
        self.settings = settings
        self.record = record
        self.rule = rule or ScreeningRule()
        self._levels = DiscoveryRate(
            settings.false_discovery_rate,
            lambda: sum(d.accepted for d in record.decisions if d.e_value is not None),
        )
        self._undecided: list[Candidate] = []
        self._dropped: list[Candidate] = []
        self._idle: list[Edit] = []
        self._under = record.banks[-1].identity
        """The bank under which the idle edits were last seen to change nothing."""

    def candidates(self, edits: Sequence[Edit], incumbent: Incumbent) -> list[Candidate]:
        """The edits that are to be tried: undecided, idle so far, or new; all of them safe.

        Args:
            edits: What was proposed.
            incumbent: What they are tried on.
        """
        self._incumbent = incumbent
        kept, self._undecided = self._undecided, []
        again = [self._resume(candidate) for candidate in kept]
        fresh = [self._admit(edit) for edit in (*self._revive_idle(), *edits)]
        return [candidate for candidate in (*again, *fresh) if candidate]

    def reopened(self) -> list[Candidate]:
        """The most promising of the edits that were dropped, with more replies each.

        Dropping spares calls for other edits; where there is none, only those stay out that surely
        gain nothing worth having.
        """
        hopeful = [candidate for candidate in self._dropped if self._hopeful(candidate)]
        hopeful.sort(key=lambda candidate: -candidate.evidence.e_value)
        most = self.rule.most_undecided
        self._dropped = hopeful[most:]
        found = [again for candidate in hopeful[:most] if (again := self._resume(candidate))]
        for candidate in found:
            candidate.granted = candidate.evidence.n + self.rule.replies_when_reopened
        return found

    def _hopeful(self, candidate: Candidate) -> bool:
        gain = candidate.gain(self._incumbent.replies)
        return gain is None or gain.high >= 100 * self.settings.rule.smallest_gain

    def screen(self, candidates: Sequence[Candidate]) -> Bundle | None:
        """The edits that pass together; None where none does."""
        passed = self._run_trials(candidates)
        self._triage([c for c in candidates if passed is None or c not in passed])
        return passed

    def keep(self, edits: Sequence[Edit]) -> None:
        """Keep these edits and test them again under the next incumbent."""
        self._idle = [*self._idle, *edits][-self.rule.most_idle :]

    def close(self) -> None:
        """Record the undecided edits at the end of the search."""
        for candidate in self._undecided:
            self._reject(candidate, f"the search ended before a decision: {candidate.reason}")

    def _run_trials(self, candidates: Sequence[Candidate]) -> Bundle | None:
        """Read turns until some edits pass (then a few more turns) or none needs more."""
        trials, rule = self._trials(candidates), self.rule
        rounds, left = rule.first_rounds, rule.rounds_after_pass
        passed, running = list[Candidate](), list(trials)
        while running and left:
            for trial in list(running):
                least = rule.awaited_e_value if passed else 0.0
                sought = self._pending_in(trial, least)
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

    def _pending_in(self, trial: TurnTrial, least: float) -> list[Candidate]:
        """The edits of a trial that need more evidence, and have so much of it at least."""
        rule = self.rule
        if trial.moments >= rule.pace_moments:
            least = max(least, rule.promising_e_value)
        found = (c for c in trial.candidates if self._needs_evidence(c))
        return [c for c in found if c.evidence.e_value >= least]

    def _trials(self, candidates: Sequence[Candidate]) -> list[TurnTrial]:
        """As few trials as possible, each with compatible edits."""
        without, bank = self.settings.without, self._incumbent.agent.bank.value
        if "together" in without:
            groups = [[candidate] for candidate in candidates]
        else:
            groups = groups_of(bank, candidates)[: self.rule.most_trials]
        outlook = Outlook(()) if "outlook" in without else None
        return [TurnTrial(self.runner, self._incumbent, group, outlook) for group in groups]

    def _needs_evidence(self, candidate: Candidate) -> bool:
        """Whether the candidate needs more evidence: it is undecided, and on the way to pass."""
        if candidate.status != "undecided":
            return False
        within = min(self.settings.rule.max_pairs, self.rule.pace_replies)
        n, needed = candidate.evidence.n, 1 / candidate.rule.error_rate
        if n < candidate.granted:
            return True
        if n < self.rule.least_replies or "pace" in self.settings.without:
            return n < within
        return self.rule.on_pace(candidate.evidence.e_value, n, within, needed)

    def _passed(self, trials: Sequence[TurnTrial]) -> list[Candidate]:
        """Edits that pass alone, and, if a trial passes, the edits that contributed to it."""
        settings = self.settings
        pooling = "pooling" not in settings.without and settings.false_discovery_rate is None
        return [
            candidate
            for trial in trials
            for candidate in trial.candidates
            if candidate.passed or (pooling and trial.passed and self._contributed(candidate))
        ]

    def _together(self, passed: Sequence[Candidate], trials: Sequence[TurnTrial]) -> Bundle:
        """The edits that passed, as one bundle."""
        evidence = max((trial.evidence.e_value for trial in trials if trial.passed), default=None)
        reason = "" if evidence is None else f"edits tried together reach e-value {evidence:.3g}"
        return bundle(self._incumbent.agent.bank.value, passed, self._incumbent.replies, reason)

    def _triage(self, candidates: Sequence[Candidate]) -> None:
        """Reject, keep for the next generation, or keep for the next incumbent.

        What passed without being taken, for a better edit of the same skill, is kept as well.
        """
        undecided: list[Candidate] = []
        for candidate in candidates:
            if not candidate.moments:
                self.keep([candidate.edit])
            elif candidate.status == "fail":
                self._drop(candidate, f"dropped: {candidate.reason}")
            elif candidate.status == "idle":
                self._reject(candidate, f"no effect: {candidate.reason}")
            elif self._too_slow(candidate):
                self._drop(candidate, f"dropped, too slow: {candidate.reason}")
            else:
                undecided.append(candidate)
        self.keep([c.edit for c in candidates if c.status == "idle"])
        undecided.sort(key=lambda c: -c.evidence.e_value)
        self._undecided = undecided[: self.rule.most_undecided]
        for candidate in undecided[self.rule.most_undecided :]:
            reason = f"dropped, {self.rule.most_undecided} others promise more: {candidate.reason}"
            self._drop(candidate, reason)

    def _too_slow(self, candidate: Candidate) -> bool:
        """Whether an undecided edit is not worth keeping for the next generation."""
        open_still = candidate.status == "undecided"
        return open_still and not self._needs_evidence(candidate)

    def _contributed(self, candidate: Candidate) -> bool:
        """Whether an edit contributed to the joint evidence of its trial."""
        evidence, rule = candidate.evidence, self.rule
        enough = evidence.n >= rule.least_replies and evidence.e_value > rule.joining_e_value
        return candidate.status == "undecided" and enough

    def _revive_idle(self) -> Iterable[Edit]:
        """The idle edits, if there is a new incumbent."""
        now = self.record.banks[-1].identity
        if now == self._under:
            return ()
        self._under = now
        idle, self._idle = self._idle, []
        return idle

    def _admit(self, edit: Edit) -> Candidate | None:
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
        candidate = Candidate(
            edit, parent, bank, self.settings.rule, cost, rule_at_start=self._levels.rule_for_next
        )
        if objection is None:
            return candidate
        if objection.gate == "review":
            self.record.tried.discard(bank.identity)
        self._decide(candidate, objection.gate, objection.reason, objection.rules)
        return None

    def _resume(self, candidate: Candidate) -> Candidate | None:
        """An edit that was set aside; from the start if there is a new incumbent."""
        if candidate.parent.identity == self._incumbent.agent.bank.value.identity:
            return candidate
        again = self._admit(candidate.edit)
        if again is not None:
            again.cost += candidate.cost
        return again

    def _drop(self, candidate: Candidate, reason: str) -> None:
        """Record a rejection that may be taken up again when nothing else is left to try."""
        if not candidate.granted:
            self._reject(candidate, reason)
        self._dropped.append(candidate)

    def _reject(self, candidate: Candidate, reason: str) -> None:
        """Record a rejection; the rejection of an idle edit is not final."""
        self._decide(candidate, "idle" if candidate.status == "idle" else "screening", reason)

    def _decide(
        self, candidate: Candidate, gate: str, reason: str, rules: tuple[str, ...] = ()
    ) -> None:
        """Write a rejection down."""
        self.record.decide(
            [candidate.edit],
            candidate.bank,
            accepted=False,
            gate=gate,
            reason=reason,
            rules=rules,
            cost=candidate.cost,
            pairs=candidate.evidence.n,
            gain=candidate.gain(self._incumbent.replies),
            e_value=candidate.evidence.e_value,
        )
