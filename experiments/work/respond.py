"""Replies at the supporter turns of real dialogues, beside what was really said there."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.text.responses import ResponseScores, score_responses
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.programs.simulation.replay import Replay, Response
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Threads
from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.rollouts import Spend

from ..errors import UserError
from ..files.corpora import ReadReport, Skipped, read_conversations
from ..files.journals import open_journal
from ..setup.config import Experiment
from ..setup.extras import require_extra
from ..setup.models import REHEARSAL, open_models, require_answers
from ..show.progress import spend_line
from .evolve import first_bank


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


def respond_to(
    paths: Sequence[Path],
    experiment: Experiment,
    *,
    limit: int | None = None,
    strategies: bool = True,
    memory: Path | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> ResponseReport:
    """Replay the conversations of some corpora and score the replies.

    Args:
        paths: Files in the ESConv schema.
        experiment: Bank, models, budget, seed and threads.
        limit: Use the first conversations only.
        strategies: Whether the judge names strategies.
        memory: Journal of finished conversations, so that a restart does not pay again.
        on_progress: Called with the number of conversations done.

    Raises:
        UserError: A file, model or memory is bad, the extra `text` is missing, or not one turn
            could be answered.
        BudgetExhausted: The budget ran out on the way.
    """
    require_extra("text", "The command `responses`")
    report = ReadReport()
    agent = SupportAgent(first_bank(experiment))
    conversations = islice(read_conversations(paths, report), limit)
    opening = list(islice(conversations, 1))  # of a bad file, before anything is written
    journal = open_journal(memory) if memory else Journal()
    with open_models(experiment.role_models, Ledger(experiment.budget)) as models:
        if any(config.model != REHEARSAL for config in models.configs.values()):
            require_answers(models.with_ledger(Ledger()))
        replay = Replay(agent, strategies=strategies)
        found: list[_Replayed] = []
        for done in _replayed(chain(opening, conversations), replay, models, journal, experiment):
            found.append(done)
            on_progress(len(found))
        spend, configs = models.ledger.spend, models.configs
    responses = [response for row in found for response in row.responses]
    failures = tuple(failure for row in found for failure in row.failures)
    if not responses:
        raise UserError(
            "at least one supporter turn must be answered, but none was. "
            f"{failures[0] if failures else 'No supporter turn follows a turn of a seeker.'}"
        )
    return ResponseReport(
        supporter=configs["supporter"].model,
        judge=configs["judge"].model,
        bank=agent.bank.value.identity,
        conversations=len(found),
        skipped=tuple(report.skipped),
        scores=score_responses(responses, experiment.seed),
        failures=failures,
        spend=spend,
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


def print_responses(console: Console, report: ResponseReport) -> None:
    """The scores as a table."""
    scores = report.scores
    table = Table(title=f"{scores.responses} replies of {report.supporter} beside real ones")
    table.add_column("")
    table.add_column("value", justify="right")
    table.add_column("95% interval", justify="right")
    rows: list[tuple[str, float | Interval | None]] = [
        ("BLEU-2", scores.bleu2),
        ("BLEU-4", scores.bleu4),
        ("ROUGE-L", scores.rouge_l),
        ("METEOR (exact, stem)", scores.meteor_exact_stem),
        ("Distinct-1", scores.distinct1),
        ("Distinct-2", scores.distinct2),
        ("strategy accuracy, %", scores.strategy),
        ("the judge's own accuracy, %", scores.judge),
        ("words a reply", scores.length),
        ("words a real reply", scores.reference_length),
    ]
    for name, value in rows:
        if isinstance(value, Interval):
            table.add_row(name, f"{value.mean:.1f}", f"{value.low:.1f} to {value.high:.1f}")
        else:
            table.add_row(name, "-" if value is None else f"{value:.1f}", "")
    console.print(table)
    if report.failures:
        console.print(
            f"{len(report.failures)} turns are missing data: {report.failures[0]}", markup=False
        )
    if report.skipped:
        first = report.skipped[0]
        console.print(
            f"{len(report.skipped)} records of the corpus could not be read: {first.file}, record "
            f"{first.record}: {first.why}",
            markup=False,
        )
    console.print("Likeness of words is no measure of support; it is reported, never optimized.")
    console.print(f"Spent {spend_line(report.spend)}.")
