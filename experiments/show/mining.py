"""What a corpus gave, in the terminal and as a Markdown report."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from esc_skills.programs.learning.lessons import lower_bound
from esc_skills.signatures.skills import Skill
from esc_skills.signatures.units import Prototype

from ..work.mine import MiningResult
from .readings import all_clean, readings_table
from .tables import counted

PROTOTYPES_SHOWN = 40
UNITS_SHOWN = 3
SKIPPED_SHOWN = 10


def print_mining(console: Console, result: MiningResult) -> None:
    """Print the counts, what was skipped, and what to do where no skill came of it."""
    console.print(
        f"Read {counted(sum(result.read.values()), 'conversation')}, skipped "
        f"{len(result.skipped)}: {counted(result.units, 'Intervention Unit')}, "
        f"{result.key_units} key, {counted(len(result.prototypes), 'prototype')}, "
        f"{counted(len(result.bank.skills), 'skill')}."
    )
    for entry in result.skipped[:SKIPPED_SHOWN]:
        console.print(f"  skipped {entry.file}, record {entry.record}: {entry.why}", markup=False)
    if not all_clean(result.readings):
        console.print(readings_table(result.readings))
    if result.unanswered:
        console.print(
            f"The model could not annotate {counted(result.unanswered, 'exchange')}; the same "
            "command asks again for them."
        )
    if result.dropped:
        lessons = counted(len(result.dropped), "lesson")
        console.print(f"{lessons} gave no skill; the report gives the reasons.")
    if not result.bank.skills:
        console.print(
            "No skill was found. Give more conversations, or ask less evidence of a skill with "
            "--min-units."
        )


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
    lines += ["", "## Corpora", "", "| corpus | read | skipped | evidence |", "|---|---|---|---|"]
    for file, number in result.read.items():
        skipped = sum(Path(entry.file).is_relative_to(file) for entry in result.skipped)
        evidence = result.evidence.get(file, "")
        lines.append(f"| {Path(file).name} | {number} | {skipped} | {evidence} |")
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
