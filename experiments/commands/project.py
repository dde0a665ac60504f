"""The command `init`: a folder to begin an own project in."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(init)


def init(folder: Annotated[Path, typer.Argument(help="Folder of the new project.")]) -> None:
    """Lay out a new project: people to build, a bank, a configuration, and the next commands."""
    from ..work.new_project import lay_out

    for path in lay_out(folder):
        typer.echo(f"Wrote {path}")
    typer.echo(f"Next: read {folder / 'README.md'}")
