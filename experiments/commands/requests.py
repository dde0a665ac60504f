"""The command `requests`: who wins where orders conflict, and what is made up or declined."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from .options import ApiBase, AsJson, ConductFile, Config, Model, Seed


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(requests)


def requests(
    file: Annotated[
        list[Path] | None,
        typer.Option("--requests", help="JSON Lines of requests; the packaged set by default."),
    ] = None,
    answerer: Annotated[
        Literal["model", "obeying", "declining"],
        typer.Option(
            help="Who answers: the models, a probe that obeys the person and makes answers up, or "
            "one that declines everything."
        ),
    ] = "model",
    conduct: ConductFile = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    guard: Annotated[
        bool, typer.Option("--guard/--no-guard", help="Whether replies are kept to the conduct.")
    ] = True,
    seed: Seed = None,
    show: Annotated[bool, typer.Option("--show", help="Print what was not right.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if a request did not end right.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show who wins where conduct, skill and a person's wish conflict, nested requests included.

    The order is conduct over skill over wish. Also asks supporter and seekers what they know and
    what they cannot know: shares answered within bounds, made up, and declined without need.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.requests import print_outcomes
    from ..work.requests import SAMPLE_REQUESTS, answer_requests, right

    experiment = configure(
        config, model=model, api_base=api_base, seed=seed, entries={"conduct": conduct}
    )
    console = Console(stderr=as_json)
    with progress_bar(console) as bar:
        found = answer_requests(
            experiment, file or (SAMPLE_REQUESTS,), answerer, guarded=guard, on_progress=bar
        )
    if as_json:
        import json

        typer.echo(json.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False))
    else:
        print_outcomes(console, found, show=show)
    if strict and not right(found):
        raise typer.Exit(1)
