"""Replies at the supporter turns of real dialogues, beside what was really said there."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from esc_skills.metrics.text.responses import ResponseScores, score_responses
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.memo import CallMemo
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.programs.pieces import in_order
from esc_skills.programs.simulation.replay import Replay, Response
from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.rollouts import Spend

from ..corpora.reading import Reading, ReadReport, Skipped, read_conversations
from ..errors import UserError
from ..files.journals import open_journal, passing_journal
from ..setup.config import Experiment
from ..setup.extras import require_extra
from ..setup.session import Session, open_session
from .progress import OnProgress, counting, silent


class ResponseReport(Frozen):
    """How a bank's replies compare with real ones."""

    supporter: str
    judge: str
    """The model that named the strategies."""
    bank: str
    conversations: int
    skipped: tuple[Skipped, ...]
    """Records of the corpus that could not be read, and why."""
    scores: ResponseScores
    failures: tuple[str, ...]
    """What ended the turns that are missing data."""
    spend: Spend


class _Replayed(Frozen):
    """One conversation, as the journal keeps it."""

    responses: tuple[Response, ...]
    failures: tuple[str, ...] = ()


def respond(
    corpus: Sequence[Path],
    experiment: Experiment,
    *,
    reading: Reading | None = None,
    limit: int | None = None,
    strategies: bool = True,
    to: Path | None = None,
    on_progress: OnProgress = silent,
) -> ResponseReport:
    """Reply at each supporter turn of real dialogues, and score the replies.

    Args:
        corpus: Files of conversations.
        reading: How they are understood; by default each record is looked at.
        experiment: Bank, models, budget, seed and threads.
        limit: Use so many conversations at most, the first ones.
        strategies: Whether the judge names strategies.
        to: Directory whose journal keeps finished conversations, so that a restart does not pay
            again.
        on_progress: Called with the number of conversations done.

    Raises:
        UserError: A file, model or memory is bad, the extra `text` is missing, or not one turn
            could be answered.
        BudgetExhausted: The budget ran out on the way.
    """
    require_extra("text", "The command `responses`")
    report = ReadReport()
    conversations = islice(read_conversations(corpus, report, reading), limit)
    opening = list(islice(conversations, 1))  # of a bad file, before anything is written
    advance = counting(on_progress, "conversations")
    with open_session(experiment) as session:
        replay = Replay(session.agent, strategies=strategies)
        journal = open_journal(to / "journal.jsonl") if to else Journal()
        found: list[_Replayed] = []
        every = chain(opening, conversations)
        for done in _replayed(every, replay, session, journal):
            found.append(done)
            advance()
        return _scored(session, found, report)


def _scored(session: Session, found: Sequence[_Replayed], report: ReadReport) -> ResponseReport:
    responses = [response for row in found for response in row.responses]
    failures = tuple(failure for row in found for failure in row.failures)
    if not responses:
        raise UserError(
            "at least one supporter turn must be answered, but none was. "
            f"{failures[0] if failures else 'No supporter turn follows a turn of a seeker.'}"
        )
    return ResponseReport(
        supporter=session.models.configs["supporter"].model,
        judge=session.models.configs["judge"].model,
        bank=session.bank.identity,
        conversations=len(found),
        skipped=tuple(report.skipped),
        scores=score_responses(responses, session.experiment.seed),
        failures=failures,
        spend=session.models.ledger.spend,
    )


@dataclass(frozen=True)
class _Replaying:
    """Replays conversations; one that was replayed before is passed on."""

    replay: Replay
    seed: int

    def place(self, item: tuple[Conversation, _Replayed | None]) -> tuple[object, ...]:
        """Where the calls for a conversation are made."""
        return (self.seed, "replay", item[0].id)

    def __call__(self, item: tuple[Conversation, _Replayed | None]) -> _Replayed:
        """The replies in a conversation."""
        conversation, known = item
        if known is not None:
            return known
        with seed_scope(self.seed):
            done = self.replay(conversation)
        return _Replayed(responses=done.responses, failures=done.failures)


def _replayed(
    conversations: Iterator[Conversation], replay: Replay, session: Session, journal: Journal
) -> Iterator[_Replayed]:
    """Each conversation replayed, in order, a few ahead."""
    asked: deque[tuple[str, bool]] = deque()
    models, seed = session.models, session.experiment.seed
    bank = replay.agent.bank.value.identity

    def items() -> Iterator[tuple[Conversation, _Replayed | None]]:
        for conversation in conversations:
            said = conversation.model_dump(mode="json")
            about = ["responses", said, bank, replay.strategies, models.identity, seed]
            key = content_hash(about)
            record = journal.get(key)
            asked.append((key, record is not None))
            yield conversation, None if record is None else _Replayed.model_validate(record)

    with passing_journal() as calls:  # a restart asks again what failed
        task, memo = _Replaying(replay, seed), CallMemo(calls)
        for found in in_order(task, items(), models, memo, session.work, every=True):
            key, known = asked.popleft()
            if not (known or found.failures):
                journal.put(key, found.model_dump(mode="json"))
            yield found
