"""Readers of corpora, by name: how a record of a file is understood as a conversation.

`auto` looks at each record. To bring your own, write a class with the members of `Reader`, of which
instances are made without arguments, and name it as `module:Class`. To read files of a usual layout
(JSON, lines, tables, text with labels), derive from `FileReader` and write `conversation` alone.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from esc_skills.programs.registry import Registry

from ..errors import UserError
from .hints import Hints
from .other_records import require_conversation

if TYPE_CHECKING:
    from esc_skills.signatures.dialogue import Conversation


class Reader(Protocol):
    """Reads one kind of corpus file."""

    schema: str
    """Name of its schema, perhaps with an example, for the sentence that refuses another file."""

    def records(self, path: Path) -> Iterator[tuple[int, Any]]:
        """The file's records, one at a time, each with its number, which the user may look up.

        Raises:
            UserError: The file cannot be read.
        """
        ...

    def conversation(self, record: Any, name: str) -> "Conversation":  # noqa: ANN401
        """A record as a conversation with the id `name`.

        Raises:
            ValueError: The record is no conversation; says why, and the record is skipped.
        """
        ...


class FileReader(ABC):
    """Divides files of all usual layouts into records (see `layouts.records_of`).

    Args:
        hints: Names of columns and speakers.
    """

    schema: str

    def __init__(self, hints: Hints | None = None) -> None:
        self.hints = hints or Hints()

    def records(self, path: Path) -> Iterator[tuple[int, Any]]:
        """The records of a file."""
        from .layouts import records_of

        return records_of(path, self.hints)

    @abstractmethod
    def conversation(self, record: Any, name: str) -> "Conversation":  # noqa: ANN401
        """See `Reader`."""


class TurnsReader(FileReader):
    """Reads lists of turns under any field, whatever their fields and speakers are called."""

    schema = (
        'turns, as in {"messages": [{"role": "user", "content": "..."}, {"role": "assistant", '
        '"content": "..."}]}, ShareGPT, or a table or text with one turn a row'
    )

    def conversation(self, record: Any, name: str) -> "Conversation":  # noqa: ANN401
        """See `turns.conversation_of_turns`."""
        from .turns import conversation_of_turns

        return conversation_of_turns(record, name, self.hints)


class QuestionsReader(FileReader):
    """Reads questions with answers."""

    schema = "a question and an answer in each record or row"

    def conversation(self, record: Any, name: str) -> "Conversation":  # noqa: ANN401
        """See `questions.conversation_of_question`."""
        from .questions import conversation_of_question

        return conversation_of_question(record, name, self.hints)


class SimulatedReader(FileReader):
    """Reads rollouts of our own and SAGE transcripts."""

    schema = "rollouts of a run, or SAGE transcripts"

    def conversation(self, record: Any, name: str) -> "Conversation":  # noqa: ANN401
        """See `simulated.conversation_of_rollout`."""
        from .simulated import conversation_of_rollout

        return conversation_of_rollout(record, name)


class _Kind(NamedTuple):
    """A schema that `auto` knows."""

    name: str
    fits: Callable[[Any, Hints], bool]


class AutoReader(FileReader):
    """Takes for each record the reader that it looks like; counts them in `used`."""

    schema = (
        "a known schema: turns with a speaker and a text under any field (OpenAI messages, "
        "ShareGPT, role and content, pairs), ESConv, the plain schema, questions with answers, a "
        "table with one turn a row, text with speakers' labels, rollouts or SAGE transcripts"
    )

    def __init__(self, hints: Hints | None = None) -> None:
        super().__init__(hints)
        self.used: Counter[str] = Counter()

    def conversation(self, record: Any, name: str) -> "Conversation":  # noqa: ANN401
        """See `Reader`."""
        kind = next((kind.name for kind in _kinds() if kind.fits(record, self.hints)), "turns")
        try:
            found = _made(READERS[kind], self.hints).conversation(record, name)
        except ValueError:
            require_conversation(record)
            raise
        self.used[kind] += 1
        return found


def _kinds() -> tuple[_Kind, ...]:
    """What `auto` tries in turn; what fits none is read as turns, which says what it lacks."""
    from .esconv import is_esconv
    from .plain import is_plain
    from .questions import is_question
    from .simulated import is_simulated

    return (
        _Kind("esconv", lambda record, hints: is_esconv(record)),
        _Kind("plain", lambda record, hints: is_plain(record)),
        _Kind("simulated", lambda record, hints: is_simulated(record)),
        _Kind("questions", is_question),
    )


def open_reader(name: str, hints: Hints) -> Reader:
    """The reader of a name in `READERS`, or `module:Name`.

    Raises:
        UserError: It is no reader of usual layouts, but columns or speakers are named.
        PluginError: There is none, or it cannot be used.
    """
    return _made(READERS[name], hints)


def _made(factory: Callable[..., Reader], hints: Hints) -> Reader:
    if isinstance(factory, type) and issubclass(factory, FileReader):
        return factory(hints)
    if hints != Hints():
        raise UserError(
            "--columns and --speaker are for this package's readers and those that derive from "
            "FileReader, but this reader is neither. Leave them out."
        )
    return factory()


READERS: "Registry[Callable[..., Reader]]" = Registry(
    "reader",
    {
        "auto": f"{__name__}:AutoReader",
        "turns": f"{__name__}:TurnsReader",
        "questions": f"{__name__}:QuestionsReader",
        "esconv": "esc_skills.experiments.corpora.esconv:EsconvReader",
        "plain": "esc_skills.experiments.corpora.plain:PlainReader",
        "simulated": f"{__name__}:SimulatedReader",
    },
    requires=("schema", "records", "conversation"),
)
"""Classes of readers."""
