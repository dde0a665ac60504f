"""Replies at the supporter turns of real dialogues, beside what was really said there."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from esc_skills.metrics.text.responses import ResponseScores, score_responses
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.roles import Models
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.programs.simulation.replay import Replay, Response
from esc_skills.programs.work import Threads
from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.rollouts import Spend

from ..corpora.reading import Reading, ReadReport, Skipped, read_conversations
from ..errors import UserError
from ..files.journals import open_journal
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
        for done in _replayed(every, replay, session.models, journal, experiment):
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


def _replayed(
    conversations: Iterator[Conversation],
    replay: Replay,
    models: Models,
    journal: Journal,
    experiment: Experiment,
) -> Iterator[_Replayed]:
    """Each conversation replayed, in order, a few ahead."""

    def play(conversation: Conversation) -> _Replayed:
        bank = replay.agent.bank.value.identity
        key = content_hash(
            ["responses", conversation.model_dump(mode="json"), bank, replay.strategies,
             models.identity, experiment.seed]
        )  # fmt: skip
        record = journal.get(key)
        if record is not None:
            return _Replayed.model_validate(record)
        with models.active(), seed_scope(experiment.seed):
            done = replay(conversation)
        found = _Replayed(responses=done.responses, failures=done.failures)
        if not found.failures:
            journal.put(key, found.model_dump(mode="json"))
        return found

    with Threads(experiment.threads) as work:
        yield from work.map(play, conversations)
