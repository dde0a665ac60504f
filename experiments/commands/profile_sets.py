"""Commands about sets of seekers: profiles audit, profiles propose."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ..errors import UserError
from .options import (
    AllowUnsafe,
    ApiBase,
    AsJson,
    BankFile,
    Config,
    Engine,
    Model,
    Profiles,
    Seed,
    Threads,
    Workers,
)
from .sage import SOURCES_HELP, Simulator


def register(profiles: typer.Typer) -> None:
    """Add the commands to the app of profiles."""
    profiles.command("audit")(audit)
    profiles.command("propose")(propose)


def audit(
    transcripts: Annotated[
        list[Path] | None, typer.Argument(help=f"{SOURCES_HELP} None with --play.")
    ] = None,
    play: Annotated[
        list[Path] | None,
        typer.Option(help="Play these seekers with reference supporters first; may be repeated."),
    ] = None,
    simulator: Simulator = None,
    profiles: Profiles = None,
    bank: BankFile = None,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues with each, with --play.")] = 2,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well a set of seekers ranks supporters, and list the uninformative seekers.

    Needs dialogues of several supporters with the same seekers: transcripts, or run directories,
    whose banks count as supporters. With --play it plays them: a silent listener, a flatterer, one
    who always agrees, a plain supporter, one with the sample drafts, one with --bank, and one with
    each half of it.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.profile_audit import print_audits
    from ..work import audit_profiles as work

    if bool(transcripts) == bool(play):
        raise UserError("an audit takes transcripts, or --play PROFILES. Give one of the two.")
    if play:
        experiment = configure(
            config,
            profiles=play,
            bank=bank,
            model=model,
            api_base=api_base,
            seed=seed,
            threads=threads,
            engine=engine,
            workers=workers,
        )
        with progress_bar(Console(stderr=as_json)) as bar:
            audits = work.audit_played(experiment, replicates, on_progress=bar)
    else:
        audits = work.audit_profiles(
            transcripts or (), simulator=simulator, profiles=profiles or (), seed=seed or 0
        )
    if as_json:
        found = {name: each.model_dump(mode="json") for name, each in audits.items()}
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        print_audits(Console(), audits)


def propose(
    to: Annotated[Path, typer.Option(help="Write the new seekers to this JSONL file.")],
    bank: BankFile = None,
    allow_unsafe: AllowUnsafe = False,
    profiles: Profiles = None,
    count: Annotated[int, typer.Option(min=1, help="Number of new seekers.")] = 4,
    replicates: Annotated[int, typer.Option(min=2, help="Dialogues with each seeker.")] = 4,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Write new seekers with whom this bank sometimes fails and sometimes succeeds.

    A model writes them after existing seekers of that kind. Copies, seekers who always fail or
    always succeed, and seekers whose dialogues contradict their persona are refused with a reason.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.proposals import print_proposals
    from ..work import propose_profiles as work

    experiment = configure(
        config,
        profiles=profiles,
        bank=bank,
        allow_unsafe=allow_unsafe,
        model=model,
        api_base=api_base,
        seed=seed,
        threads=threads,
        engine=engine,
        workers=workers,
    )
    console = Console(stderr=as_json)
    with progress_bar(console) as bar:
        found = work.propose(experiment, to, count=count, replicates=replicates, on_progress=bar)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_proposals(console, found)
        console.print(f"Wrote {to}", markup=False)
