"""Commands about the conduct: redteam."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import AsJson, ConductFile


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(redteam)


def redteam(
    texts: Annotated[
        list[Path] | None,
        typer.Option(help="JSON Lines of trials; the packaged set for reports by default."),
    ] = None,
    conduct: ConductFile = None,
    show: Annotated[bool, typer.Option("--show", help="Print what was judged wrongly.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try the safety rules on unsafe texts and on fine ones that look alike, without a model."""
    from ..show.redteam import print_verdicts
    from ..work.redteam import redteam as run

    verdicts = run(texts or (), conduct)
    if as_json:
        typer.echo(verdicts.model_dump_json())
    else:
        print_verdicts(Console(), verdicts, show=show)
