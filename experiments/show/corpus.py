"""What a corpus is, in the terminal."""

from rich.console import Console
from rich.text import Text

from esc_skills.signatures.dialogue import Conversation

from ..work.inspect_corpus import InspectedSource, Inspection
from .tables import counted

TURNS_SHOWN = 6
LONGEST_SHOWN = 300


def print_inspection(console: Console, found: Inspection) -> None:
    """Print what it is, how it is read, what it lacks, and one conversation."""
    files = ", ".join(f"{n} {kind}" for kind, n in found.kinds.items())
    readers = ", ".join(f"{name} ({n})" for name, n in found.readers.items())
    _say(console, f"Files: {files}. Read as: {readers}.")
    if found.columns:
        columns = ", ".join(f"{meaning}={name!r}" for meaning, name in found.columns.items())
        _say(console, f"Columns: {columns}. Others can be named with --columns.")
    if not found.whole:
        _say(console, "Only the first conversations were looked at; --limit N looks at more.")
    for source in found.sources:
        _print_source(console, source)
    for why, count in found.skipped.items():
        _say(console, f"Skipped {counted(count, 'record')}: {why}")
    if found.sample:
        _print_conversation(console, found.sample)


def _print_source(console: Console, source: InspectedSource) -> None:
    outcomes = ", ".join(f"{n} {name}" for name, n in sorted(source.outcomes.items()))
    _say(
        console,
        f"{source.address}: {counted(source.read, 'conversation')} ({', '.join(source.languages)})"
        f"; outcomes: {outcomes}; {counted(source.rated, 'rating')} by seekers; "
        f"{source.labelled} replies labelled with a strategy; {source.learnable} replies that a "
        "seeker's reaction follows.",
    )
    for sentence in source.missing:
        _say(console, f"  {sentence}")


def _print_conversation(console: Console, sample: Conversation) -> None:
    _say(console, f"\n{sample.id}:")
    for turn in sample.turns[:TURNS_SHOWN]:
        text = turn.text if len(turn.text) <= LONGEST_SHOWN else f"{turn.text[:LONGEST_SHOWN]} ..."
        _say(console, f"  {turn.speaker}: {text}")
    if len(sample.turns) > TURNS_SHOWN:
        _say(console, f"  and {len(sample.turns) - TURNS_SHOWN} more turns")


def _say(console: Console, text: str) -> None:
    """Print words of others as they are, without markup."""
    console.print(Text(text))
