"""Mining a corpus: many conversations at once, each annotated once, and a report of it all."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from esc_skills.programs.journal import Journal
from esc_skills.programs.ledger import metered
from esc_skills.programs.miner import BankBuilder, IUExtractor
from esc_skills.programs.models import Models
from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.skills import Bank
from esc_skills.signatures.units import InterventionUnit, Prototype

from .corpora import ReadReport, Skipped, read_conversations

AHEAD = 4
"""Conversations read ahead for each thread; keeps memory flat however large the corpus."""


class MiningResult(Frozen):
    """What a corpus gave."""

    bank: Bank
    prototypes: tuple[Prototype, ...]
    units: int
    key_units: int
    read: dict[str, int]
    skipped: tuple[Skipped, ...]


def mine(
    paths: Sequence[Path],
    models: Models,
    *,
    threads: int = 8,
    journal: Journal | None = None,
    builder: BankBuilder | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> MiningResult:
    """Build a bank from corpora.

    Args:
        paths: Files in the ESConv schema.
        models: The role models; the analyst does the work.
        threads: Conversations annotated at once; the result does not depend on it.
        journal: Remembers finished conversations, so that a restart does not pay again.
        builder: Makes the bank of the units.
        on_progress: Called with the number of conversations done.

    Raises:
        UserError: A file is bad.
        DialogueError: A model failed.
    """
    report = ReadReport()
    memory = Journal() if journal is None else journal
    units: list[InterventionUnit] = []
    conversations = read_conversations(paths, report)
    for done, found in enumerate(_annotated(conversations, models, memory, threads), start=1):
        units += found
        on_progress(done)
    with models.active():
        built = (builder or BankBuilder())(units)
    return MiningResult(
        bank=built.bank,
        prototypes=built.prototypes,
        units=len(units),
        key_units=sum(unit.is_key for unit in units),
        read=report.read,
        skipped=tuple(report.skipped),
    )


def _annotated(
    conversations: Iterator[Conversation], models: Models, journal: Journal, threads: int
) -> Iterator[list[InterventionUnit]]:
    """The units of each conversation, in order, a few conversations ahead."""

    def annotate(conversation: Conversation) -> list[InterventionUnit]:
        key = content_hash(["units", conversation.model_dump(mode="json"), models.identity])
        record = journal.get(key)
        if record is not None:
            return [InterventionUnit.model_validate(unit) for unit in record["units"]]
        with models.active(), metered() as meter:
            units: tuple[InterventionUnit, ...] = IUExtractor()(conversation).units
        stored = [unit.model_dump(mode="json") for unit in units]
        journal.put(key, {"units": stored, "spend": meter.spend.model_dump()})
        return list(units)

    with ThreadPoolExecutor(threads) as pool:
        waiting = []
        for conversation in conversations:
            waiting.append(pool.submit(annotate, conversation))
            if len(waiting) > threads * AHEAD:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def render_report(result: MiningResult) -> str:
    """The mining report as Markdown."""
    bank = result.bank
    lines = [
        "# Mining report",
        "",
        f"{sum(result.read.values())} conversations gave {result.units} Intervention Units, "
        f"{result.key_units} of them key, in {len(result.prototypes)} prototypes, "
        f"distilled into {len(bank.skills)} skills.",
        "",
        "| file | read | skipped |",
        "|---|---|---|",
    ]
    for file, count in result.read.items():
        skipped = sum(entry.file == file for entry in result.skipped)
        lines.append(f"| {Path(file).name} | {count} | {skipped} |")
    for entry in result.skipped:
        lines.append(f"\nSkipped {Path(entry.file).name}, record {entry.record}: {entry.why}")
    lines += ["", "| need | stage | action | good | bad |", "|---|---|---|---|---|"]
    for p in result.prototypes[:40]:
        lines.append(f"| {p.need} | {p.stage} | {p.action} | {p.good} | {p.bad} |")
    lines += ["", "## Skills"]
    for skill in bank.skills:
        origin = skill.provenance
        lines += [
            "",
            f"### {skill.name} ({origin.good} good, {origin.bad} bad outcomes)",
            f"- **when**: {skill.when_to_use}",
            f"- **guidance**: {skill.guidance}",
            f"- **not when**: {skill.when_not_to_use or '-'}",
            f"- **risks**: {skill.risks or '-'}",
        ]
    return "\n".join(lines) + "\n"
