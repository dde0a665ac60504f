"""Corpora of real support conversations, as a stream.

A record that is broken is skipped and reported, and so is a file of a folder; a file that the user
named, and of which nothing can be read, is an error.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from esc_skills.signatures.dialogue import Conversation, Turn
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem
from .hints import Hints
from .other_records import OTHERS
from .places import Place, places
from .readers import AutoReader, Reader, open_reader
from .redaction import Redaction


class Reading(Frozen):
    """How corpora are to be read."""

    reader: str = "auto"
    """A name in `readers.READERS`, or `module:Name`."""
    hints: Hints = Field(default_factory=Hints)
    redact: bool = False
    """Whether personal data is replaced (see `redaction`)."""
    names: tuple[str, ...] = ()
    """Names of people and places to be replaced; not empty means redact."""


MOST_BROKEN = 100_000
"""Records that may be broken before the corpus is given up."""


class Skipped(Frozen):
    """A record or file that could not be read."""

    file: str
    record: int
    """0 for a whole file."""
    why: str


class Source:
    """What one address of the user gave."""

    def __init__(self) -> None:
        self.read = 0
        self.outcomes: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.rated = 0
        """Seeker turns with a rating."""
        self.labelled = 0
        """Supporter turns with a strategy."""
        self.replies_answered = 0
        """Supporter turns with a seeker's turn before and after: what mining learns from."""

    def add(self, conversation: Conversation) -> None:
        """Count a conversation."""
        turns = conversation.turns
        self.read += 1
        self.outcomes[conversation.outcome] += 1
        self.languages[conversation.language] += 1
        self.rated += sum(turn.feedback is not None for turn in turns)
        self.labelled += sum(turn.strategy is not None for turn in turns)
        runs = [a.speaker for a, b in zip(turns, (*turns[1:], None), strict=True) if _ends(a, b)]
        self.replies_answered += sum(speaker == "supporter" for speaker in runs[1:-1])

    @property
    def evidence(self) -> str:
        """What tells success from failure here, in words."""
        told = self.outcomes["success"] + self.outcomes["failure"]
        parts = [f"outcomes of {told} conversations"] if told else []
        parts += [f"{self.rated} ratings by seekers"] if self.rated else []
        parts += ["the analyst's reading of reactions"]
        return ", ".join(parts)


class ReadReport:
    """What was read of each address, and what was skipped and why; filled while reading."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self.skipped: list[Skipped] = []
        self.used: Counter[str] = Counter()
        """Conversations by the reader that `auto` took."""

    @property
    def read(self) -> dict[str, int]:
        """Conversations by address."""
        return {name: source.read for name, source in self.sources.items()}


def read_conversations(
    paths: Sequence[Path], report: ReadReport, reading: Reading | None = None
) -> Iterator[Conversation]:
    """The conversations of some addresses, one at a time; one that repeats another is skipped.

    Args:
        paths: Files, folders, patterns, archives, runs, datasets and stores (see `places`).
        report: Filled on the way.
        reading: How they are understood; by default each record is looked at.

    Raises:
        UserError: A file is missing, broken or empty, or none of its records has the schema.
        PluginError: There is no such reader, or it cannot be used.
    """
    how = reading or Reading()
    reader = open_reader(how.reader, how.hints)
    redact = Redaction(how.names) if how.redact or how.names else None
    names, seen = _names(paths), set[bytes]()
    if isinstance(reader, AutoReader):
        report.used = reader.used
    with ExitStack() as stack:
        for place in places(paths, stack):
            source = report.sources.setdefault(place.source, Source())
            before, reasons = source.read, len(report.skipped)
            for found in _of_place(place, reader, names, report):
                fingerprint = _fingerprint(found)
                if fingerprint in seen:
                    report.skipped.append(_repeated(place, found))
                    continue
                seen.add(fingerprint)
                source.add(found)
                yield redact(found) if redact else found
            if source.read == before and place.named:
                raise _unreadable(place, reader, report.skipped[reasons:])
    if report.sources and not any(report.read.values()):
        raise _unreadable(
            Place(paths[0], str(paths[0]), str(paths[0]), named=True), reader, report.skipped
        )


def _of_place(
    place: Place, reader: Reader, names: dict[Path, str], report: ReadReport
) -> Iterator[Conversation]:
    """The conversations of one file; what cannot be read is reported."""
    name = names.get(place.path, place.label)
    try:
        for number, record in reader.records(place.path):
            found = _conversation(reader, record, f"{name}#{number}")
            if isinstance(found, Conversation):
                yield found
            else:
                report.skipped.append(Skipped(file=place.label, record=number, why=found))
                if len(report.skipped) >= MOST_BROKEN:
                    raise UserError(
                        f"{place.label} must hold conversations, but {MOST_BROKEN:,} records are "
                        f"broken; record {number}: {found}."
                    )
    except UserError as error:
        if place.named:
            raise
        why = str(error).replace(str(place.path), place.label)
        report.skipped.append(Skipped(file=place.label, record=0, why=why))


def _conversation(reader: Reader, record: Any, name: str) -> Conversation | str:  # noqa: ANN401
    """The conversation, or why the record is none."""
    if isinstance(record, ValueError):
        return f"cannot be read: {record}"
    try:
        return reader.conversation(record, name)
    except ValidationError as error:
        return first_problem(error)
    except ValueError as error:
        return str(error)


def _unreadable(place: Place, reader: Reader, reasons: Sequence[Skipped]) -> UserError:
    commonest = Counter(entry.why for entry in reasons).most_common(1)
    first = next((entry for entry in reasons if entry.why == commonest[0][0]), None)
    if first and first.why in OTHERS:
        return UserError(
            f"{place.label} must hold conversations, but record {first.record} {first.why}."
        )
    why = f"record {first.record}: {first.why}" if first and first.record else first and first.why
    return UserError(
        f"{place.label} must hold conversations in {reader.schema}, but none of its records has "
        f"it; {why or 'it has none'}."
    )


def _repeated(place: Place, found: Conversation) -> Skipped:
    number = int(found.id.rpartition("#")[2])
    why = "it repeats a conversation that was read before, whose evidence would count twice"
    return Skipped(file=place.label, record=number, why=why)


def _fingerprint(conversation: Conversation) -> bytes:
    """A fingerprint of what was said."""
    said = "\x1f".join(f"{turn.speaker}\x1e{turn.text}" for turn in conversation.turns)
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _ends(turn: Turn, following: Turn | None) -> bool:
    """Whether a speaker's run of turns ends here."""
    return following is None or following.speaker != turn.speaker


def _names(paths: Sequence[Path]) -> dict[Path, str]:
    """What named files are called in conversation ids: the name, or the path where it repeats."""
    short = [path.name for path in paths]
    return {path: path.name if short.count(path.name) == 1 else str(path) for path in paths}
