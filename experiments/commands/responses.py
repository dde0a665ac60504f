"""The command that puts replies beside real ones: responses."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .options import RUNS, ApiBase, AsJson, BankFile, Model, Seed, Threads, shared_overrides


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(responses)


def responses(
    corpus: Annotated[list[Path], typer.Argument(help="Files in the ESConv schema, .gz or not.")],
    bank: BankFile = None,
    model: Model = None,
    api_base: ApiBase = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Use the first conversations only.")
    ] = None,
    strategies: Annotated[
        bool, typer.Option(help="Let the judge name strategies, two more calls a turn.")
    ] = True,
    seed: Seed = None,
    threads: Threads = None,
    to: Annotated[Path, typer.Option(help="Where finished work goes.")] = RUNS / "responses",
    track: Annotated[bool, typer.Option("--track", help="Log to MLflow.")] = False,
    as_json: AsJson = False,
) -> None:
    """Reply at each supporter turn of real dialogues, and compare with what was said there.

    BLEU, ROUGE-L, METEOR, Distinct and strategy accuracy, as the field reports them. Interrupted,
    it goes on where it stopped.
    """
    from ..setup.config import load_experiment
    from ..work.respond import print_responses, respond_to

    shared = shared_overrides(model=model, api_base=api_base, seed=seed, threads=threads)
    overrides = {**shared, "bank": bank}
    console = Console(stderr=as_json)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading")
        report = respond_to(
            corpus,
            load_experiment(None, overrides),
            limit=limit,
            strategies=strategies,
            memory=to / "journal.jsonl",
            on_progress=lambda done: bar.update(task, description=f"{done} conversations"),
        )
    if track:
        from ..tracking.plain import log_responses

        log_responses(report, RUNS)
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        print_responses(console, report)
