"""The command `probe`: does the metric reward tricks?"""

from typing import Annotated

import typer
from rich.console import Console

from .options import (
    RUNS,
    ApiBase,
    AsJson,
    Config,
    Engine,
    Model,
    Profiles,
    Seed,
    Threads,
    Tracking,
    Workers,
)


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(probe)


def probe(
    probes: Annotated[
        str | None, typer.Option(help="Probes to play, comma-separated; all by default.")
    ] = None,
    profiles: Profiles = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues with each seeker.")] = 4,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first seekers only.")] = None,
    world: Annotated[
        str | None,
        typer.Option(help="Rehearsal world, as in `bench`; `deceptive` rewards flattery."),
    ] = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if a probe wins.")] = False,
    tracking: Tracking = "none",
    as_json: AsJson = False,
) -> None:
    """Check whether tricks raise the score: flattery, parroting, orders to the judge, length, ...

    No trick may score better than a plain supporter with the same seekers and seeds. The table
    names the tricks that do.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.probing import print_probing
    from ..tracking.records import probing_record, track
    from ..tracking.tracker import open_tracker
    from ..work import probe as work

    names = work.probe_names(probes)
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
    console, tracker = Console(stderr=as_json), open_tracker(tracking, RUNS)
    with progress_bar(console) as show:
        found = work.probe(
            experiment,
            names,
            replicates=replicates,
            limit=limit,
            world=world,
            on_progress=show,
        )
    track(probing_record(found), tracker)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_probing(console, found)
    if strict and found.breaking:
        raise typer.Exit(1)
