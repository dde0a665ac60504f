"""Commands around a compiled program: export and chat; and doctor, to check the models."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ..errors import UserError
from .options import (
    RUNS,
    AllowUnsafe,
    ApiBase,
    AsJson,
    Config,
    Model,
    ReadSeeker,
    warn_if_unfinished,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(export)
    app.command()(chat)
    app.command()(doctor)


def export(
    run: Annotated[Path, typer.Argument(help="Directory of a finished run.")],
    to: Annotated[Path, typer.Option(help="Directory for the export.")] = RUNS / "export",
    allow_unsafe: AllowUnsafe = False,
) -> None:
    """Export the compiled program: JSON state, SKILL.md folders, an MLflow model, no pickle."""
    from ..deploy.export import export_run

    export_run(run, to, allow_unsafe=allow_unsafe)
    warn_if_unfinished(run)
    typer.echo(f"Exported to {to}; see {to / 'README.md'}")


def chat(
    program: Annotated[
        Path | None,
        typer.Argument(help="An export or a finished run; a plain supporter by default."),
    ] = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    read_seeker: ReadSeeker = False,
    allow_unsafe: AllowUnsafe = False,
) -> None:
    """Chat with a program in the terminal; shows the skill of each reply and why it was chosen."""
    from esc_skills.programs.support.deployment import ChatMessage
    from esc_skills.programs.support.support_agent import NO_SKILL

    from ..deploy.opening import open_deployment

    console = Console(highlight=False)
    messages: list[ChatMessage] = []
    warn_if_unfinished(program)
    with open_deployment(
        program,
        config,
        model=model,
        api_base=api_base,
        allow_unsafe=allow_unsafe,
        reads=read_seeker,
    ) as deployment:
        names = deployment.agent.bank.value.names
        console.print(
            f"[dim]{len(names)} skills: {', '.join(names) or 'none'}. Empty line ends.[/]"
        )
        while line := _ask(console):
            messages.append(ChatMessage(role="user", content=line))
            said = deployment.reply(messages)
            messages.append(ChatMessage(role="assistant", content=said.reply, skill=said.skill))
            console.print("[bold cyan]supporter[/]", escape(said.reply))
            console.print(f"          [dim]{escape(f'{said.skill or NO_SKILL}: {said.why}')}[/]")


def doctor(
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    tokens: Annotated[
        bool,
        typer.Option("--tokens", help="Print what the prompts take in tokens; ask nothing."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check environment, keys and models, play every stage once, and check the simulator.

    The table says for each stage how the answer could be read, and what it took. A real seeker also
    appraises ten pairs of an empathic and a dismissive reply: some 45 calls in all, one after the
    other.
    """
    import importlib.metadata
    import json

    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..work.diagnose import diagnose

    if tokens:
        _print_tokens(as_json)
        return
    experiment = configure(config, model=model, api_base=api_base)
    packages = ("esc-skills", "dspy", "mlflow", "optuna", "datasets")
    versions = {name: importlib.metadata.version(name) for name in packages}
    python = sys.version.split()[0]
    with progress_bar(Console(stderr=True)) as bar:
        found = diagnose(experiment, on_progress=bar)
    if as_json:
        typer.echo(json.dumps({"python": python, **versions, **found.model_dump(mode="json")}))
    else:
        from ..show.diagnosis import print_diagnosis

        print_diagnosis(Console(), f"Python {python}", versions, found)
    if not found.well:
        raise UserError("every model must answer, but at least one did not (see above).")


def _print_tokens(as_json: bool) -> None:
    """Count the prompts, and print tables or JSON."""
    import json

    from ..show.diagnosis import print_tokens
    from ..work.prompt_tokens import dialogue_tokens, static_tokens

    dialogue, static = dialogue_tokens(), static_tokens()
    if as_json:
        rows = [row.model_dump() for row in dialogue]
        typer.echo(json.dumps({"dialogue": rows, "static": static}))
    else:
        print_tokens(Console(), dialogue, static)


def _ask(console: Console) -> str:
    try:
        return console.input("[bold]you[/] ").strip()
    except EOFError:
        return ""
