"""Commands on surrogate appraisers: surrogate fit, surrogate check, surrogate power."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import RUNS, AsJson, Profiles, Seed
from .sage import Simulator, Sources


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    surrogate = typer.Typer(
        no_args_is_help=True,
        help="Predict appraisals without asking the model; for alarms, never as a target.",
    )
    surrogate.command()(fit)
    surrogate.command()(check)
    surrogate.command()(power)
    app.add_typer(surrogate, name="surrogate")


def fit(
    transcripts: Sources,
    to: Annotated[Path, typer.Option(help="Write the surrogate to this file.")] = RUNS
    / "surrogate.json",
    simulator: Simulator = None,
    profiles: Profiles = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Train a surrogate that predicts the change of emotion, and report its accuracy.

    Accuracy is measured on held-out seekers, held-out supporters, both, and first replies, against
    a model that sees only the state of the dialogue. The published dialogues take some minutes.
    """
    from ..show.bars import progress_bar
    from ..show.surrogate_tables import print_fitted
    from ..work import surrogate as work

    console = Console(stderr=as_json)
    with progress_bar(console) as bar:
        fitted = work.fit(
            transcripts,
            to,
            simulator=simulator,
            profiles=profiles or (),
            seed=seed or 0,
            on_progress=bar,
        )
    if as_json:
        typer.echo(fitted.model_dump_json(exclude={"surrogate": {"opening", "later"}}))
    else:
        print_fitted(console, fitted)
        console.print(f"Wrote {to}", markup=False)


def check(
    surrogate: Annotated[Path, typer.Argument(help="File of `surrogate fit`.")],
    transcripts: Sources,
    simulator: Simulator = None,
    profiles: Profiles = None,
    as_json: AsJson = False,
) -> None:
    """Check for judge drift: compare appraisals with the surrogate's predictions."""
    from ..show.surrogate_tables import print_checked
    from ..work import surrogate as work

    checked = work.check(surrogate, transcripts, simulator=simulator, profiles=profiles or ())
    if as_json:
        typer.echo(checked.model_dump_json())
    else:
        print_checked(Console(), checked)


def power(
    transcripts: Sources,
    simulator: Simulator = None,
    profiles: Profiles = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Find how many dialogues `check` needs to detect a shift of the appraisals.

    Fits a surrogate on half of the seekers and shifts the appraisals of the other half. The
    published dialogues take a minute.
    """
    from ..show.surrogate_tables import print_powers
    from ..work import surrogate as work

    found = work.power(transcripts, simulator=simulator, profiles=profiles or (), seed=seed or 0)
    if as_json:
        typer.echo(json.dumps([row.model_dump() for row in found]))
    else:
        print_powers(Console(), found)
