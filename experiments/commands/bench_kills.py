"""The command that kills workers and drivers of searches: bench kills."""

from typing import Annotated

import typer
from rich.console import Console

from ..setup.extras import require_extra
from .options import AsJson


def register(bench: typer.Typer) -> None:
    """Add the command to the group `bench`."""
    bench.command("kills")(kills)


def kills(
    workers: Annotated[int, typer.Option(min=0, help="Ray workers to kill.")] = 20,
    drivers: Annotated[int, typer.Option(min=0, help="Drivers to kill.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Kill workers and drivers of small searches; exit code 1 if that changes or costs anything.

    The searches ask an endpoint on this machine. Each must end with the bank of a straight run, and
    pay no finished call twice.
    """
    if workers:
        require_extra("ray", "Killing its workers")
    from ..bench.kills import kills as killed
    from ..bench.kills import kills_table
    from ..show.bars import progress_bar

    console, done = Console(stderr=as_json), 0
    with progress_bar(console) as show:

        def advance() -> None:
            nonlocal done
            done += 1
            show("kills", done, workers + drivers)

        found = killed(workers, drivers, advance)
    console.print(kills_table(found))
    if as_json:
        import json

        typer.echo(json.dumps([one._asdict() for one in found]))
    if any(one.twice or not one.same for one in found):
        raise typer.Exit(1)
