"""Commands to serve a program to others: serve, its keys, and publish."""

from pathlib import Path
from typing import Annotated

import typer

from ..serving.keys import KeyRole
from ..serving.limits import Limits
from .options import RUNS, AllowUnsafe, ApiBase, Config, Model, ReadSeeker, warn_if_unfinished

Keys = Annotated[Path, typer.Option("--keys", help="File of the keys' hashes.")]
Name = Annotated[str, typer.Argument(help="Whose key it is.")]
_TRIAL = (
    "curl http://{host}:{port}/chat -H 'Content-Type: application/json' "
    """-d '{{"messages": [{{"role": "user", "content": "I had a hard day."}}]}}'"""
)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(serve)
    app.command()(publish)
    keys = typer.Typer(no_args_is_help=True, help="Make, list and remove keys of `serve`.")
    keys.command("add")(add)
    keys.command("list")(show)
    keys.command("remove")(remove)
    app.add_typer(keys, name="keys")


def serve(
    program: Annotated[Path, typer.Argument(help="An export, or the directory of a run.")],
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    keys: Annotated[
        Path | None,
        typer.Option(help="File of keys; needed on any address that others can reach."),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(help=f"NAME=VALUE; may be repeated. Names: {Limits.described()}."),
    ] = None,
    audit: Annotated[
        Path | None, typer.Option(help="File for the audit log; standard error by default.")
    ] = None,
    audit_words: Annotated[
        bool, typer.Option("--audit-words", help="Keep what was said in the audit log.")
    ] = False,
    drop_system_turns: Annotated[
        bool,
        typer.Option("--drop-system-turns", help="Ignore system turns instead of refusing them."),
    ] = False,
    country: Annotated[
        str | None,
        typer.Option(help="Where the clients are, such as CA: whose lines of help are named."),
    ] = None,
    read_seeker: ReadSeeker = False,
    allow_unsafe: AllowUnsafe = False,
) -> None:
    """Serve a program over HTTP, as OpenAI's chat completions and as POST /chat.

    Further paths: /v1/models, /chat/stream, /sessions, /bank, /metrics, /health, /ready.
    """
    from ..deploy.opening import open_deployment
    from ..serving.limits import read_limits
    from ..serving.server import Serving, key_ring, run_server

    key_ring(host, keys)  # refused before the program is read
    serving = Serving(
        host=host,
        port=port,
        keys=keys,
        limits=read_limits(limit or ()),
        audit=audit,
        audit_words=audit_words,
        drop_system_turns=drop_system_turns,
        country=country,
    )
    warn_if_unfinished(program)
    with open_deployment(
        program,
        config,
        model=model,
        api_base=api_base,
        allow_unsafe=allow_unsafe,
        reads=read_seeker,
    ) as deployment:
        typer.echo(f"Listening on http://{host}:{port}. Try: {_TRIAL.format(host=host, port=port)}")
        run_server(deployment, serving)


def publish(
    export: Annotated[Path, typer.Argument(help="An export.")],
    name: Annotated[str, typer.Option(help="Name of the registered model.")],
    at_least: Annotated[
        float, typer.Option(help="Points that the lower bound of the gain must exceed.")
    ] = 0.0,
    runs: Annotated[Path, typer.Option(help="Where the run directories are.")] = RUNS,
    registry: Annotated[
        str | None, typer.Option(help="Address of an MLflow registry; else the one of the runs.")
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(help="File of keys; ESC_SKILLS_KEY must then hold one that may publish."),
    ] = None,
) -> None:
    """Make an export the champion of MLflow's registry, if it is safe and its gain is measured.

    Serve it with: mlflow models serve -m models:/NAME@champion
    """
    from ..deploy.publish import publish as publish_export

    made = publish_export(export, name, at_least=at_least, runs=runs, registry=registry, keys=keys)
    typer.echo(f"{made.name} version {made.version} is the champion: {made.measured.sentence}.")
    before = "no champion" if made.replaced is None else made.replaced
    typer.echo(f"It replaces {before}.")


def add(
    name: Name,
    keys: Keys,
    role: Annotated[
        KeyRole,
        typer.Option(
            help="talk: conversations; read: bank and metrics; publish: registry; admin: all."
        ),
    ] = "talk",
) -> None:
    """Make a key and print it, once; the file keeps only its hash."""
    from ..serving.keys import add_key

    typer.echo(add_key(keys, name, role))


def show(keys: Keys) -> None:
    """List the names and roles of the keys."""
    from ..serving.keys import KeyRing

    for key in KeyRing(keys).keys:
        typer.echo(f"{key.name}\t{key.role}")


def remove(name: Name, keys: Keys) -> None:
    """Remove a key; servers refuse it at once."""
    from ..serving.keys import remove_key

    remove_key(keys, name)
