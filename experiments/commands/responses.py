"""The command `responses`: compare replies with those of real supporters."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import RUNS, ApiBase, AsJson, BankFile, Corpus, Model, Reader, Seed, Threads


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(responses)


def responses(
    corpus: Corpus,
    bank: BankFile = None,
    reader: Reader = "esconv",
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
    to: Annotated[Path, typer.Option(help="Directory for finished work.")] = RUNS / "responses",
    track: Annotated[bool, typer.Option("--track", help="Log to MLflow.")] = False,
    as_json: AsJson = False,
) -> None:
    """Reply at each supporter turn of real dialogues, and compare with the real replies.

    Reports BLEU, ROUGE-L, METEOR, Distinct and strategy accuracy, as the field does. The same
    command resumes an interrupted run.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.responses import print_responses
    from ..work.respond import respond

    experiment = configure(bank=bank, model=model, api_base=api_base, seed=seed, threads=threads)
    console = Console(stderr=as_json)
    with progress_bar(console) as show:
        report = respond(
            corpus,
            experiment,
            reader=reader,
            limit=limit,
            strategies=strategies,
            to=to,
            on_progress=show,
        )
    if track:
        from ..tracking.plain import log_responses

        log_responses(report, RUNS)
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        print_responses(console, report)
