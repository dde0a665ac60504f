"""What the search reports while it runs: frozen events, and who may listen.

Observers only watch. The search knows nothing about MLflow, files or terminals.
"""

from typing import Literal, Protocol

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.sage.summary import Summary
from esc_skills.metrics.text.drift import Spread
from esc_skills.programs.models.readings import StageReadings
from esc_skills.signatures.edits import Edit
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.reflection import SkillCredit
from esc_skills.signatures.rollouts import Finding, Rollout, Spend
from esc_skills.signatures.skills import Bank


class Started(Frozen):
    """The search begins."""

    bank: Bank
    train: tuple[str, ...]
    """Profile ids."""
    validation: tuple[str, ...]
    test: tuple[str, ...]
    spend: Spend


class Analysed(Frozen):
    """A generation has played the incumbent on train seekers and has read the dialogues."""

    generation: int
    rollouts: tuple[Rollout, ...]
    credit: tuple[SkillCredit, ...]
    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    """What the editor proposed, in the order in which it is tried."""
    spend: Spend
    """Spent in the whole run so far."""


class Decision(Frozen):
    """One candidate: what it was, and why it was accepted or rejected."""

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
    """What decided: `safety`, `review` (there was no safety review), `groups`, `judges`,
    `screening`, `challenge`, `idle`, or `budget`."""
    reason: str
    pairs: int = 0
    """Comparisons made: replies that differed from the incumbent's, or pairs of whole dialogues."""
    gain: Interval | None = None
    """What the edit changes for a dialogue with any seeker, in points of final emotion: the paired
    difference of whole dialogues, or where replies were compared its first-order estimate."""
    e_value: float | None = None
    """Evidence against 'no gain'; acceptance needs 1 / error rate."""
    cost: Spend = Spend()
    """Spent on this challenge alone."""
    spend: Spend
    """Spent in the whole run so far."""


class Measured(Frozen):
    """What is known of the incumbent on validation seekers."""

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
    """The first and the final bank on seekers that nothing was decided on, read once."""

    before: Summary
    after: Summary
    groups_before: dict[str, Summary]
    groups_after: dict[str, Summary]
    gain: Interval
    """Paired difference of final emotions, in points, clustered by profile."""
    no_bank: NoBank | None = None
    """The third level; None where the first bank is empty itself, or it was not asked for."""
    rollouts_before: tuple[Rollout, ...]
    """Of every pair in which neither side is missing data: what the levels and the gain count."""
    rollouts_after: tuple[Rollout, ...]

    @property
    def played(self) -> tuple[tuple[Rollout, Rollout], ...]:
        """The pairs that both sides played to their end, before and after."""
        pairs = zip(self.rollouts_before, self.rollouts_after, strict=True)
        return tuple(pair for pair in pairs if all(rollout.valid for rollout in pair))


class Alarm(Frozen):
    """A sign that the search has learnt to please the score instead of helping people."""

    kind: Literal["divergence", "expectation", "length", "phrase"]
    message: str
    measured: Interval
    """What gave the alarm: the judge's difference, the gain beyond what was expected, the ratio of
    lengths, or the growth in share."""


class Sighting(Frozen):
    """What somebody outside of the search saw in the sealed test."""

    words: str
    """What is said of it, alarming or not."""
    alarm: Alarm | None


class Watch(Frozen):
    """What besides the score has changed between the first and the final bank, on test seekers."""

    judge: str | None
    """The judge that was asked besides; None where nobody was, or the budget did not last."""
    judged: Interval | None
    """By how much it grades the final bank higher, in points of 0..100, paired."""
    length: Interval | None
    """Words a reply, final over first."""
    spread: Spread | None
    """The phrase that has spread most."""
    sightings: tuple[str, ...] = ()
    """What watchers outside of the search saw, in words."""
    alarms: tuple[Alarm, ...]


class Result(Frozen):
    """Everything that a finished search knows."""

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
    learnt: tuple[str, ...] = ()
    """Parameters that models refused and that were left out, in words."""


Event = Started | Analysed | Decision | Measured | Alarm | Result


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
