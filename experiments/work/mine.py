"""Mining a corpus: many conversations at once, each annotated once, and a report of it all."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from esc_skills.programs.conduct.checker import check_skill
from esc_skills.programs.learning.miner import (
    EXTRACTION,
    MAX_SKILLS,
    MIN_UNITS,
    BankBuilder,
    IUExtractor,
)
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import metered
from esc_skills.programs.models.memo import CallMemo
from esc_skills.programs.models.readings import StageReadings
from esc_skills.programs.models.roles import Models
from esc_skills.programs.pieces import in_order
from esc_skills.programs.work import Threads, Work
from esc_skills.signatures.conduct import hard
from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank, SkillDraft
from esc_skills.signatures.units import InterventionUnit, Prototype

from ..corpora.reading import Reading, ReadReport, Skipped, read_conversations
from ..errors import UserError
from ..files.atomic_writes import write_whole
from ..files.journals import open_journal, passing_journal
from ..setup.config import Experiment
from ..setup.session import open_session
from .progress import OnProgress, counting, silent

CALLS = 12
"""Calls that a conversation takes, as long as none has taken more."""
GIVE_UP_AFTER = 5
"""Conversations in a row without one readable answer after which the model counts as down."""


class MiningResult(Frozen):
    """What a corpus gave."""

    bank: Bank
    prototypes: tuple[Prototype, ...]
    units: int
    key_units: int
    read: dict[str, int]
    evidence: dict[str, str] = Field(default_factory=dict)
    """What tells success from failure, by address, in words."""
    skipped: tuple[Skipped, ...]
    unanswered: int = 0
    """Exchanges that the model could not annotate; a restart asks for them again."""
    dropped: tuple[str, ...] = ()
    """Lessons that gave no skill, and why: unsafe, not valid, or said already."""
    readings: tuple[StageReadings, ...] = ()
    """How the model's answers could be read; of conversations mined before nothing is known."""


class _Annotated(Frozen):
    """The units of one conversation."""

    units: tuple[InterventionUnit, ...]
    failures: tuple[str, ...] = ()
    spend: Spend = Spend()


def mine(
    corpus: Sequence[Path],
    experiment: Experiment,
    to: Path,
    *,
    reading: Reading | None = None,
    max_skills: int = MAX_SKILLS,
    min_units: int = MIN_UNITS,
    on_progress: OnProgress = silent,
) -> MiningResult:
    """Mine a skill bank from real support conversations, into `bank.json` of a directory.

    Args:
        corpus: Files of conversations.
        experiment: Models, budget and threads.
        to: The directory; its journal keeps finished conversations, so that a restart does not
            pay again.
        reading: How they are understood; by default each record is looked at.
        max_skills: Skills at most.
        min_units: Key units that a skill needs at least.
        on_progress: Called with the number of conversations done.

    Raises:
        UserError: A file is bad, holds no exchange to learn from, or the model does not answer.
        DialogueError: The model is down: it answered nothing in several conversations running.
    """
    advance = counting(on_progress, "conversations")
    with open_session(experiment) as session:
        found = mine_corpora(
            corpus,
            session.models,
            reading=reading,
            work=session.work,
            journal=open_journal(to / "journal.jsonl"),
            builder=BankBuilder(max_skills, min_units),
            on_progress=advance,
        )
    write_whole(to / "bank.json", found.bank.model_dump_json(indent=1))
    return found


def mine_corpora(
    paths: Sequence[Path],
    models: Models,
    *,
    reading: Reading | None = None,
    threads: int = 8,
    work: Work | None = None,
    journal: Journal | None = None,
    builder: BankBuilder | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> MiningResult:
    """Build a bank from corpora.

    Args:
        paths: Files of conversations.
        models: The role models; the analyst does the work.
        reading: How they are understood; by default each record is looked at.
        threads: Conversations annotated at once, where `work` is not given; the result does not
            depend on it.
        work: Executes the annotation; closed by the caller.
        journal: Remembers finished conversations, so that a restart does not pay again.
        builder: Makes the bank of the units.
        on_progress: Called with the number of conversations done.

    Raises:
        UserError: A file is bad, or holds no exchange to learn from.
        DialogueError: No answer was readable, in several conversations running or in all there are.
        Outage: The model's server is down.
    """
    report = ReadReport()
    memory = Journal() if journal is None else journal
    key_units: list[InterventionUnit] = []
    seen, unanswered, dead = 0, 0, 0
    failure = ""
    conversations = read_conversations(paths, report, reading)
    annotated = _annotated(conversations, models, memory, work or Threads(threads))
    for done, found in enumerate(annotated, start=1):
        key_units += [unit for unit in found.units if unit.is_key]
        seen += len(found.units)
        unanswered += len(found.failures)
        failure = found.failures[-1] if found.failures else failure
        dead = dead + 1 if found.failures and not found.units else 0
        if dead == GIVE_UP_AFTER:
            raise DialogueError(failure)
        on_progress(done)
    if not seen:
        raise _nothing(paths, failure)
    with models.active():
        built = (builder or BankBuilder())(key_units, objection=_objection)
    return MiningResult(
        bank=built.bank,
        prototypes=built.prototypes,
        units=seen,
        key_units=len(key_units),
        read=report.read,
        evidence={name: source.evidence for name, source in report.sources.items()},
        skipped=tuple(report.skipped),
        unanswered=unanswered,
        dropped=built.dropped,
        readings=models.readings.rows,
    )


def _nothing(paths: Sequence[Path], failure: str) -> Exception:
    """Why a corpus gave no exchange at all."""
    if failure:
        return DialogueError(f"no exchange could be annotated; the last failure: {failure}")
    names = ", ".join(str(path) for path in paths)
    return UserError(
        f"{names} must hold an exchange to learn from, which is a seeker's turn, a supporter's "
        "reply and the seeker's next turn, but no conversation has one. Give longer conversations."
    )


def _objection(draft: SkillDraft) -> str:
    """Why the conduct, which every edit must keep to, keeps a draft out of a bank."""
    concerns = hard(check_skill(draft))
    return "; ".join(f"unsafe, {c.why} ({c.quote!r})" for c in concerns)


@dataclass(frozen=True)
class _Annotating:
    """Annotates conversations; one whose units are known already is passed on."""

    def place(self, item: tuple[Conversation, _Annotated | None]) -> tuple[object, ...]:
        """Where the calls for a conversation are made."""
        return ("mine", item[0].id)

    def __call__(self, item: tuple[Conversation, _Annotated | None]) -> _Annotated:
        """The units of a conversation."""
        conversation, known = item
        if known is not None:
            return known
        with metered() as meter:
            found = IUExtractor()(conversation)
        return _Annotated(units=found.units, failures=found.failures, spend=meter.spend)


def _annotated(
    conversations: Iterator[Conversation], models: Models, journal: Journal, work: Work
) -> Iterator[_Annotated]:
    """The units of each conversation, in order, a few conversations ahead."""
    asked: deque[tuple[str, bool]] = deque()

    def items() -> Iterator[tuple[Conversation, _Annotated | None]]:
        for conversation in conversations:
            said = conversation.model_dump(mode="json")
            key = content_hash(["units", EXTRACTION, said, models.identity])
            record = journal.get(key)
            asked.append((key, record is not None))
            yield conversation, None if record is None else _Annotated(units=record["units"])

    most = [Spend(calls=CALLS)]
    with passing_journal() as calls:  # a restart asks again what could not be read
        task, memo = _Annotating(), CallMemo(calls)
        for found in in_order(task, items(), models, memo, work, lambda: most[-1], every=True):
            key, known = asked.popleft()
            most.append(Spend(calls=max(most.pop().calls, found.spend.calls)))
            if not (known or found.failures):
                stored = [unit.model_dump(mode="json") for unit in found.units]
                journal.put(key, {"units": stored, "spend": found.spend.model_dump()})
            yield found
