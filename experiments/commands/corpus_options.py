"""Options of the commands that read corpora."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..corpora.readers import READERS

if TYPE_CHECKING:
    from ..corpora.reading import Reading

CORPUS_HELP = (
    "Conversations: files (JSON, .jsonl, .csv, .tsv, .parquet, text with speakers' labels; .gz or "
    "not), folders, patterns, .zip archives, hf:NAME[:SPLIT], or mlflow:STORE#EXPERIMENT."
)
Corpus = Annotated[list[Path], typer.Argument(help=CORPUS_HELP)]
Reader = Annotated[
    str,
    typer.Option(
        help=f"How the corpus is understood; auto looks at each record: {READERS.listed}.",
        autocompletion=READERS.completions,
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        help="Column of a table, as text=NAME; also conversation, speaker, question, answer, "
        "title; may be repeated."
    ),
]
Speakers = Annotated[
    list[str] | None,
    typer.Option(
        "--speaker",
        help="Who a speaker is, as NAME=seeker or NAME=supporter; may be repeated.",
    ),
]
Redact = Annotated[
    bool,
    typer.Option("--redact", help="Replace e-mail addresses, phone numbers, links and the like."),
]
Names = Annotated[
    list[str] | None,
    typer.Option("--redact-name", help="A name to replace, too; may be repeated."),
]


def reading_of(
    reader: str,
    columns: Sequence[str] | None,
    speakers: Sequence[str] | None,
    redact: bool,
    names: Sequence[str] | None,
) -> "Reading":
    """The options together.

    Raises:
        UserError: A column or speaker is not given as NAME=VALUE, or the value is unknown.
    """
    from ..corpora.hints import Hints
    from ..corpora.reading import Reading
    from ..corpora.tables import MEANINGS

    told = _pairs("--columns", columns, keys=MEANINGS)
    roles = _pairs("--speaker", speakers, values=("seeker", "supporter"))
    hints = Hints.model_validate(
        {"columns": told, "speakers": {name.lower(): role for name, role in roles.items()}}
    )
    return Reading(reader=reader, hints=hints, redact=redact, names=tuple(names or ()))


def _pairs(
    option: str,
    given: Sequence[str] | None,
    *,
    keys: Sequence[str] = (),
    values: Sequence[str] = (),
) -> dict[str, str]:
    from ..errors import UserError

    pairs: dict[str, str] = {}
    for text in given or ():
        key, _, value = text.rpartition("=") if values else text.partition("=")
        if not key or not value or (keys and key not in keys) or (values and value not in values):
            shape = f"{'|'.join(keys) or 'NAME'}={'|'.join(values) or 'NAME'}"
            raise UserError(f"{option} must be {shape}, but is {text!r}.")
        pairs[key] = value
    return pairs
