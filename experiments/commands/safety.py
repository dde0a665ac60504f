"""Commands about the conduct: check and redteam."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import AsJson, ConductFile


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(check)
    app.command()(redteam)


def check(
    path: Annotated[
        Path, typer.Argument(help="A bank file, a run directory, an export, or profiles.")
    ],
    conduct: ConductFile = None,
    as_json: AsJson = False,
) -> None:
    """Check texts against the safety rules; exit code 1 if one breaks a hard rule."""
    from esc_skills.programs.conduct.checker import hard

    from ..work.check import check as work

    breaches = work(path, conduct)
    if as_json:
        typer.echo(json.dumps([breach.model_dump() for breach in breaches], ensure_ascii=False))
    else:
        for breach in breaches:
            typer.echo(f"{breach.severity}: {breach.sentence}")
        hards = len(hard(breaches))
        typer.echo(f"{path}: {hards} hard and {len(breaches) - hards} soft breaches of the rules.")
    if hard(breaches):
        raise typer.Exit(1)


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
