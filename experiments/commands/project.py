"""The commands `init`, a folder to begin an own project in, and `domains`."""

from pathlib import Path
from typing import Annotated

import typer

from ..files.domain_names import DOMAINS
from .options import AsJson, Domain


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(init)
    domains = typer.Typer(no_args_is_help=True, help="See what a domain is made of.")
    domains.command("list")(list_domains)
    domains.command("show")(show)
    app.add_typer(domains, name="domains")


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new project.")],
    domain: Domain = None,
) -> None:
    """Lay out a new project: people to build, a bank, a configuration, and the next commands."""
    from ..files.domains import domain_named
    from ..work.new_project import lay_out

    about = domain_named(domain) if domain else None
    for path in lay_out(folder, about, domain or ""):
        typer.echo(f"Wrote {path}")
    typer.echo(f"Next: read {folder / 'README.md'}")


def list_domains() -> None:
    """List the domains that have a name."""
    from ..files.domains import domain_named

    for name in DOMAINS:
        typer.echo(f"{name}: {domain_named(name).about}")


def show(
    domain: Annotated[
        str,
        typer.Argument(
            help="A domain: its name, folder, or module:Name.", autocompletion=DOMAINS.completions
        ),
    ],
    to: Annotated[
        Path | None, typer.Option(help="Copy its files there, to make another domain of them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the files of a domain and their lines: what another domain would have to write."""
    import json

    from rich.console import Console

    from ..files.domains import domain_named
    from ..show.tables import table_of
    from ..work.domain_files import copy_files, files_of

    found = domain_named(domain)
    files = files_of(found)
    if as_json:
        typer.echo(json.dumps([file.model_dump() for file in files]))
    else:
        rows = [(file.name, str(file.lines), file.needed, file.purpose) for file in files]
        title = f"{found.name}: {sum(file.lines for file in files)} lines"
        columns = ("file", "lines", "needed", "what it says")
        Console().print(table_of(title, columns, rows, text=("file", "needed", "what it says")))
    if to is not None:
        for path in copy_files(found, to):
            typer.echo(f"Wrote {path}", err=as_json)
