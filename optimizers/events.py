"""Frozen events of a search, and the observer protocol.

Observers cannot influence the search. It knows nothing about MLflow, files or terminals.
"""

from collections import Counter
from typing import Literal, Protocol, Self

from pydantic import model_validator

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.summary import Summary
from esc_skills.metrics.text.drift import Spread
from esc_skills.programs.conduct.counts import ConductCounts
from esc_skills.programs.models.readings import StageReadings
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.reflection import SkillCredit
from esc_skills.signatures.rollouts import Finding, Rollout, Spend
from esc_skills.signatures.skills import Bank

Verdict = Literal["accepted", "taken back", "given up", "unsafe", "rejected"]
FIRST_BANK, VERIFICATION = "first bank", "verification"
"""The gates that give the first bank up, and that take accepted edits back."""
_KEPT: dict[str, Verdict] = {FIRST_BANK: "given up", VERIFICATION: "taken back"}


class Started(Frozen):
    """The search begins."""

    bank: Bank
    train: tuple[str, ...]
    """Profile ids."""
    validation: tuple[str, ...]
    test: tuple[str, ...]
    spend: Spend


class Analysed(Frozen):
    """A generation has played the incumbent with train seekers and analysed the dialogues."""

    generation: int
    rollouts: tuple[Rollout, ...]
    credit: tuple[SkillCredit, ...]
    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    """Edits that the editor proposed, in the order of testing."""
    spend: Spend
    """Spent in the whole run so far."""


class Decision(Frozen):
    """One candidate, and the reason why it was accepted or rejected."""

    number: int
    generation: int
    edit: Edit
    summary: str
    """The edit in one line."""
    parent: str
    """Identity of the incumbent's bank."""
    candidate: str
    """Identity of the candidate's bank."""
    bank: Bank
    """The candidate's bank."""
    accepted: bool
    gate: str
    """The gate that decided: `safety`, `review` (there was no safety review), `groups`, `judge`,
    `screening`, `challenge`, `idle`, `first bank` (which is worse than none: the candidate is no
    bank), `verification` (what was accepted is taken back: the candidate is the bank without it),
    or `budget`."""
    reason: str
    rules: tuple[str, ...] = ()
    """Of a candidate that was refused as unsafe: the rules of the conduct that it breaks, or
    `safety review`."""
    pairs: int = 0
    """Comparisons made: replies that differed from the incumbent's, or pairs of whole dialogues."""
    gain: Interval | None = None
    """Effect of the edit on a dialogue with any seeker, in points of final emotion: the paired
    difference of whole dialogues, or its first-order estimate from single replies."""
    e_value: float | None = None
    """Evidence against 'no gain'; acceptance needs 1 / error rate."""
    cost: Spend = Spend()
    """Spent on this challenge alone."""
    spend: Spend
    """Spent in the whole run so far."""

    @property
    def title(self) -> str:
        """The same with what became of it, where that is more than accepted or not."""
        kept = self.accepted and self.gate in _KEPT
        return f"{self.verdict}: {self.summary}" if kept else self.summary

    @property
    def verdict(self) -> Verdict:
        """How it ended."""
        if self.accepted:
            return _KEPT.get(self.gate, "accepted")
        return "unsafe" if self.gate == "safety" else "rejected"


class Measured(Frozen):
    """The estimated level of the incumbent on validation seekers."""

    step: int
    bank: str
    score: Interval
    """Mean final emotion in points, with its interval."""
    spend: Spend


class NoBank(Frozen):
    """The agent without any skill, on the pairs of the sealed test."""

    level: Summary
    gain: Interval
    """Paired difference between the final bank and no bank, in points, clustered by profile."""


class SealedTest(Frozen):
    """The first and the final bank on held-out seekers that no decision used, measured once."""

    before: Summary
    after: Summary
    groups_before: dict[str, Summary]
    groups_after: dict[str, Summary]
    gain: Interval
    """Paired difference of final emotions, in points, clustered by profile."""
    no_bank: NoBank | None = None
    """The third level; None where the first bank is empty itself, or it was not asked for."""
    missing: int = 0
    """Pairs that could not be compared, since a model failed in every try or the budget ended."""
    rollouts_before: tuple[Rollout, ...]
    """Rollouts of the pairs without missing data, which the levels and the gain count."""
    rollouts_after: tuple[Rollout, ...]

    @model_validator(mode="after")
    def _both_sides_have_the_same_pairs(self) -> Self:
        if len(self.rollouts_before) != len(self.rollouts_after):
            raise ValueError("rollouts_before and rollouts_after must be of the same pairs")
        return self

    @property
    def played(self) -> tuple[tuple[Rollout, Rollout], ...]:
        """The pairs that both sides played to their end, before and after."""
        pairs = zip(self.rollouts_before, self.rollouts_after, strict=True)
        return tuple(pair for pair in pairs if all(rollout.valid for rollout in pair))


class Alarm(Frozen):
    """A sign that the score misleads: the search exploits it, or it leaves no room for a gain."""

    kind: Literal["divergence", "expectation", "guidance", "headroom", "length", "phrase"]
    message: str
    measured: Interval
    """The quantity behind the alarm: the judge's difference, the gain beyond the prediction, the
    ratio of lengths, the growth in share, the first bank's level, or the tokens of the longest
    guidance."""


class Sighting(Frozen):
    """The finding of a watcher outside the search about the sealed test."""

    words: str
    """The finding as a sentence, with or without an alarm."""
    alarm: Alarm | None


class Noticed(Frozen):
    """A model's server is down, or answers again; said at once, and sent before the next event."""

    sentence: str


class Watch(Frozen):
    """Changes other than the score between the first and the final bank, on test seekers."""

    judge: str | None
    """The independent judge; None if no judge was asked or the budget ended before."""
    judged: Interval | None
    """The judge's grade of the final bank minus that of the first, in points of 0..100, paired."""
    length: Interval | None
    """Words per reply, final divided by first."""
    spread: Spread | None
    """The phrase that has spread most."""
    sightings: tuple[str, ...] = ()
    """Findings of the watchers outside the search."""
    alarms: tuple[Alarm, ...]


class Result(Frozen):
    """The result of a finished search."""

    first: Bank
    final: Bank
    banks: tuple[Bank, ...]
    """Every bank that was ever the incumbent, in order."""
    decisions: tuple[Decision, ...]
    measured: tuple[Measured, ...]
    test: SealedTest | None
    """None where no test seekers were given or the budget did not last."""
    watch: Watch | None = None
    """None without a test, and where the final bank is the first."""
    stopped: str
    """Why the search ended."""
    finished: bool = True
    """False for what a search knows before its end: its final bank is the best so far, untested."""
    spend: Spend
    readings: tuple[StageReadings, ...] = ()
    """How the models' answers could be read, by stage and model."""
    conduct: ConductCounts = ConductCounts()
    """How all replies of the search kept each rule of the conduct, before and after repair."""
    learnt: tuple[str, ...] = ()
    """Parameters that models refused and that were left out, in words."""
    notices: tuple[str, ...] = ()
    """When servers were down and when they answered again, in words."""
    trust: Interval | None = None
    """Points that whole dialogues gained for each point that single turns had promised; None where
    no edits came so far, and for optimizers that do not test at turns."""

    @property
    def verdicts(self) -> Counter[Verdict]:
        """How many decisions ended how."""
        return Counter(decision.verdict for decision in self.decisions)

    @property
    def tried(self) -> int:
        """How many edits were decided on; to give the first bank up is none."""
        return len(self.decisions) - self.verdicts["given up"]

    @property
    def refused(self) -> Counter[str]:
        """Edits that were refused as unsafe, by rule; one that breaks several counts for each."""
        return Counter(rule for decision in self.decisions for rule in decision.rules)


Event = Started | Analysed | Decision | Measured | Alarm | Noticed | Result


class Watcher(Protocol):
    """Anybody who compares the dialogues of the sealed test before and after; decides nothing."""

    def __call__(self, test: SealedTest) -> Sighting:
        """Look at the dialogues; called once, when the search is over."""
        ...


class Observer(Protocol):
    """Anything that wants to follow a search."""

    def __call__(self, event: Event) -> None:
        """Take note of one event; called from the thread that runs the search."""
        ...
