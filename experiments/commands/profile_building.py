"""The command `profiles build`: seekers from a set file, role cards, or an idea in words."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import (
    AllowUnsafe,
    ApiBase,
    AsJson,
    BankFile,
    Config,
    Domain,
    Engine,
    Model,
    Seed,
    Threads,
    Workers,
)


def register(profiles: typer.Typer) -> None:
    """Add the command to the app of profiles."""
    profiles.command("build")(build)


def build(
    to: Annotated[Path, typer.Option(help="Write the new seekers to this JSONL file.")],
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="A set file (YAML), or files of role cards (JSON, JSONL, text)."),
    ] = None,
    idea: Annotated[
        str | None, typer.Option(help="The people in words, in place of files.")
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help="Number of seekers.")] = None,
    against: Annotated[
        list[Path] | None, typer.Option(help="Profiles that nobody may copy; may be repeated.")
    ] = None,
    for_skill: Annotated[
        str | None, typer.Option(help="A skill of the bank that the people must give occasion for.")
    ] = None,
    domain: Domain = None,
    bank: BankFile = None,
    allow_unsafe: AllowUnsafe = False,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues with each seeker.")] = 2,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Write seekers for every cell of a grid, or for every role card, and check each.

    What a card lacks is written by the analyst's model. Drafts that copy somebody, contradict the
    brief or card, tell the hidden intention, or whose dialogues contradict their persona are
    refused with a reason and written anew. Hostile seekers must not melt under silence or flattery.
    Those with whom --bank always fails go to NAME.hard.jsonl. The same command resumes.
    """
    from ..setup.configure import configure
    from ..setup.domains import domain_of
    from ..show.bars import progress_bar
    from ..show.building import print_built
    from ..work import build_profiles as work

    experiment = configure(
        config,
        domain=domain,
        bank=bank,
        allow_unsafe=allow_unsafe,
        model=model,
        api_base=api_base,
        seed=seed,
        threads=threads,
        engine=engine,
        workers=workers,
    )
    wanted = work.wanted_set(sources or (), idea, count, domain_of(experiment))
    console = Console(stderr=as_json)
    with progress_bar(console) as bar:
        built = work.build(
            wanted,
            experiment,
            to,
            against=against or (),
            for_skill=for_skill,
            replicates=replicates,
            on_progress=bar,
        )
    if as_json:
        typer.echo(built.model_dump_json())
    else:
        print_built(console, built)
