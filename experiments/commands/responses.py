"""The command `responses`: compare replies with those of real supporters."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .corpus_options import Columns, Corpus, Names, Reader, Redact, Speakers, reading_of
from .options import (
    RUNS,
    AllowUnsafe,
    ApiBase,
    AsJson,
    BankFile,
    Config,
    Engine,
    Model,
    Seed,
    Threads,
    Tracking,
    Workers,
)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(responses)


def responses(
    corpus: Corpus,
    bank: BankFile = None,
    allow_unsafe: AllowUnsafe = False,
    reader: Reader = "auto",
    columns: Columns = None,
    speaker: Speakers = None,
    redact: Redact = False,
    redact_name: Names = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use the first conversations only.")
    ] = None,
    strategies: Annotated[
        bool, typer.Option(help="Let the judge label strategies; two more calls per turn.")
    ] = True,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    to: Annotated[Path, typer.Option(help="Directory for finished work.")] = RUNS / "responses",
    tracking: Tracking = "none",
    as_json: AsJson = False,
) -> None:
    """Reply at each supporter turn of real dialogues, and compare with the real replies.

    Reports BLEU, ROUGE-L, METEOR, Distinct and strategy accuracy, as the field does. The same
    command resumes an interrupted run.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.responses import print_responses
    from ..tracking.records import responses_record, track
    from ..tracking.tracker import open_tracker
    from ..work.respond import respond

    experiment = configure(
        config,
        bank=bank,
        allow_unsafe=allow_unsafe,
        model=model,
        api_base=api_base,
        seed=seed,
        threads=threads,
        engine=engine,
        workers=workers,
    )
    console, tracker = Console(stderr=as_json), open_tracker(tracking, RUNS)
    with progress_bar(console) as show:
        report = respond(
            corpus,
            experiment,
            reading=reading_of(reader, columns, speaker, redact, redact_name),
            limit=limit,
            strategies=strategies,
            to=to,
            on_progress=show,
        )
    track(responses_record(report), tracker)
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        print_responses(console, report)
