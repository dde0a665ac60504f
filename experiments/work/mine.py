"""Mining a corpus: many conversations at once, each annotated once, and a report of it all."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from esc_skills.metrics.safety.review import review_skill
from esc_skills.programs.learning.miner import EXTRACTION, BankBuilder, IUExtractor, lower_bound
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import metered
from esc_skills.programs.models.roles import Models
from esc_skills.programs.work import Threads
from esc_skills.signatures.dialogue import Conversation
from esc_skills.signatures.frozen import Frozen, content_hash
from esc_skills.signatures.skills import Bank, Skill, SkillDraft
from esc_skills.signatures.units import InterventionUnit, Prototype

from ..files.corpora import ReadReport, Skipped, read_conversations

PROTOTYPES_SHOWN = 40
UNITS_SHOWN = 3
GIVE_UP_AFTER = 5
"""Conversations in a row without one readable answer after which the model counts as down."""


class MiningResult(Frozen):
    """What a corpus gave."""

    bank: Bank
    prototypes: tuple[Prototype, ...]
    units: int
    key_units: int
    read: dict[str, int]
    skipped: tuple[Skipped, ...]
    unanswered: int = 0
    """Exchanges that the model could not annotate; a restart asks for them again."""
    dropped: tuple[str, ...] = ()
    """Lessons that gave no skill, and why: unsafe, not valid, or said already."""


class _Annotated(Frozen):
    """The units of one conversation."""

    units: tuple[InterventionUnit, ...]
    failures: tuple[str, ...] = ()


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
        DialogueError: No answer was readable, in several conversations running or in all there are.
        Outage: The model's server is down.
    """
    report = ReadReport()
    memory = Journal() if journal is None else journal
    key_units: list[InterventionUnit] = []
    seen, unanswered, dead, last = 0, 0, 0, ""
    conversations = read_conversations(paths, report)
    for done, found in enumerate(_annotated(conversations, models, memory, threads), start=1):
        key_units += [unit for unit in found.units if unit.is_key]
        seen += len(found.units)
        unanswered += len(found.failures)
        last = found.failures[-1] if found.failures else last
        dead = dead + 1 if found.failures and not found.units else 0
        if dead == GIVE_UP_AFTER:
            raise DialogueError(found.failures[-1])
        on_progress(done)
    if unanswered and not seen:
        raise DialogueError(f"no exchange could be annotated; the last failure: {last}")
    with models.active():
        built = (builder or BankBuilder())(key_units, objection=_objection)
    return MiningResult(
        bank=built.bank,
        prototypes=built.prototypes,
        units=seen,
        key_units=len(key_units),
        read=report.read,
        skipped=tuple(report.skipped),
        unanswered=unanswered,
        dropped=built.dropped,
    )


def _objection(draft: SkillDraft) -> str:
    """Why the safety rules, which every edit must pass too, keep a draft out of a bank."""
    concerns = review_skill(draft)
    return "; ".join(f"unsafe, {c.why} ({c.quote!r})" for c in concerns)


def _annotated(
    conversations: Iterator[Conversation], models: Models, journal: Journal, threads: int
) -> Iterator[_Annotated]:
    """The units of each conversation, in order, a few conversations ahead."""

    def annotate(conversation: Conversation) -> _Annotated:
        asked = conversation.model_dump(mode="json")
        key = content_hash(["units", EXTRACTION, asked, models.identity])
        record = journal.get(key)
        if record is not None:
            return _Annotated(units=record["units"])
        with models.active(), metered() as meter:
            found = IUExtractor()(conversation)
        if not found.failures:
            stored = [unit.model_dump(mode="json") for unit in found.units]
            journal.put(key, {"units": stored, "spend": meter.spend.model_dump()})
        return _Annotated(units=found.units, failures=found.failures)

    with Threads(threads) as work:
        yield from work.map(annotate, conversations)


def render_report(result: MiningResult) -> str:
    """The mining report as Markdown."""
    bank = result.bank
    lines = [
        "# Mining report",
        "",
        f"{sum(result.read.values())} conversations gave {result.units} Intervention Units, "
        f"{result.key_units} of them key, in {len(result.prototypes)} prototypes, "
        f"distilled into {len(bank.skills)} skills.",
    ]
    if result.unanswered:
        lines += ["", f"The model could not annotate {result.unanswered} exchanges."]
    lines += ["", "## Corpora", "", "| file | read | skipped |", "|---|---|---|"]
    for file, number in result.read.items():
        skipped = sum(entry.file == file for entry in result.skipped)
        lines.append(f"| {Path(file).name} | {number} | {skipped} |")
    for entry in result.skipped:
        lines.append(f"\nSkipped {Path(entry.file).name}, record {entry.record}: {entry.why}")
    lines += ["", "## Actions by outcome", *_actions(result.prototypes)]
    lines += [
        "",
        "## Prototypes",
        "",
        "| need | stage | action | good | bad |",
        "|---|---|---|---|---|",
    ]
    for p in result.prototypes[:PROTOTYPES_SHOWN]:
        lines.append(f"| {p.need} | {p.stage} | {p.action} | {p.good} | {p.bad} |")
    if len(result.prototypes) > PROTOTYPES_SHOWN:
        lines.append(f"\nand {len(result.prototypes) - PROTOTYPES_SHOWN} smaller ones.")
    lines += ["", "## Skills"]
    for skill in bank.skills:
        lines += _described(skill)
    if result.dropped:
        lines += ["", "## Lessons that gave no skill", "", *(f"- {d}" for d in result.dropped)]
    return "\n".join(lines) + "\n"


def _actions(prototypes: Sequence[Prototype]) -> list[str]:
    """A table of how each action turned out, the likeliest to help first."""
    good: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    for p in prototypes:
        good[p.action] += p.good
        bad[p.action] += p.bad
    bounds = {action: lower_bound(good[action], bad[action]) for action in good}
    rows = [
        f"| {action} | {good[action]} | {bad[action]} | "
        f"{good[action] / (good[action] + bad[action]):.0%} | {bounds[action]:.0%} |"
        for action in sorted(good, key=lambda action: (-bounds[action], action))
    ]
    return ["", "| action | good | bad | share good | at least |", "|---|---|---|---|---|", *rows]


def _described(skill: Skill) -> list[str]:
    """A skill with its evidence."""
    origin = skill.provenance
    shown = ", ".join(origin.units[:UNITS_SHOWN])
    more = len(origin.units) - UNITS_SHOWN
    return [
        "",
        f"### {skill.name} ({origin.good} good, {origin.bad} bad outcomes)",
        f"- **when**: {skill.when_to_use}",
        f"- **guidance**: {skill.guidance}",
        f"- **not when**: {skill.when_not_to_use or '-'}",
        f"- **risks**: {skill.risks or '-'}",
        f"- **evidence**: {shown}" + (f" and {more} more" if more > 0 else ""),
    ]
