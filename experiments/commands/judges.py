"""Commands about judges: audit."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import (
    ApiBase,
    AsJson,
    Config,
    Engine,
    Judges,
    Model,
    Profiles,
    Seed,
    Threads,
    Workers,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    judges = typer.Typer(no_args_is_help=True, help="Check whether judges can be trusted.")
    judges.callback()(_judges)
    judges.command("audit")(audit)
    app.add_typer(judges, name="judges")


def _judges() -> None:
    """Keeps `audit` a command of its own while it is the only one."""


def audit(
    run: Annotated[
        Path, typer.Argument(help="Run directory, or a file of `evaluate --out` rollouts.")
    ],
    judges: Judges = "all",
    profiles: Profiles = None,
    limit: Annotated[int, typer.Option(min=4, help="Maximum number of dialogues.")] = 40,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Audit judges: test-retest agreement, order bias, agreement with each other and with SAGE.

    Every judge grades every dialogue twice. The same command resumes an interrupted audit.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.judging import print_audit
    from ..work.audit_judges import audit_judges
    from ..work.judge import judge_names

    experiment = configure(
        config,
        profiles=profiles,
        model=model,
        api_base=api_base,
        seed=seed,
        threads=threads,
        engine=engine,
        workers=workers,
    )
    console, names = Console(stderr=as_json), judge_names(judges)
    with progress_bar(console) as show:
        found = audit_judges(run, experiment, judges=names, limit=limit, on_progress=show)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_audit(console, found)
