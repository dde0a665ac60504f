"""Commands on simulated seekers: seekers calibrate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ..errors import UserError
from .options import (
    RUNS,
    ApiBase,
    AsJson,
    BankFile,
    Model,
    Profiles,
    Seed,
    Threads,
    shared_overrides,
)

if TYPE_CHECKING:
    from esc_skills.metrics.seekers.calibration import FeatureDistance

    from ..setup.config import Experiment
    from ..work.calibrate import Calibration, Real


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    seekers = typer.Typer(no_args_is_help=True, help="Compare simulated seekers with real ones.")
    seekers.callback()(lambda: None)  # keeps `calibrate` a command of its own
    seekers.command()(calibrate)
    app.add_typer(seekers, name="seekers")


def calibrate(
    against: Annotated[
        list[Path], typer.Option(help="Real dialogues in the ESConv schema; may be repeated.")
    ],
    rollouts: Annotated[
        list[Path] | None,
        typer.Option(help="Compare these transcripts or run directories only; nothing is tuned."),
    ] = None,
    profiles: Profiles = None,
    bank: BankFile = None,
    model: Model = None,
    api_base: ApiBase = None,
    trials: Annotated[int, typer.Option(min=1, help="Settings that are tried.")] = 30,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues a seeker and trial.")] = 2,
    seed: Seed = None,
    threads: Threads = None,
    to: Annotated[Path, typer.Option(help="Where the result goes.")] = RUNS / "seekers.json",
    html: Annotated[Path | None, typer.Option(help="Write the picture here.")] = None,
    track: Annotated[bool, typer.Option("--track", help="Log to MLflow.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tune how simulated seekers talk on one half of real dialogues; report on the other half.

    Turn length, disclosure pace, questions, resistance, gratitude, vocabulary, number of turns and
    movement of the emotion, in the first ten turns. `evaluate` and `evolve` take the result as
    --seekers.
    """
    from ..files.atomic_writes import require_writable, write_whole
    from ..setup.config import load_experiment
    from ..show.calibration_page import distance_figure, distance_table
    from ..work.calibrate import read_real

    console = Console(stderr=as_json)
    to.parent.mkdir(parents=True, exist_ok=True)
    require_writable(to)
    real = read_real(against, seed or 0)
    if rollouts:
        sides = [("simulated", _compared(real, rollouts))]
        result = None
    else:
        shared = shared_overrides(
            profiles=profiles, model=model, api_base=api_base, seed=seed, threads=threads
        )
        overrides = {**shared, "bank": bank}
        experiment = load_experiment(None, overrides)
        names = tuple(path.name for path in against)
        result = _calibrated(console, experiment, real, names, (trials, replicates))
        sides = [("before", result.before), ("after", result.after)]
        write_whole(to, result.model_dump_json(indent=1))
        if track:
            from ..tracking.plain import log_calibration

            log_calibration(result, RUNS)
    if html:
        subtitle = f"{len(real.test)} held-out real dialogues: {', '.join(p.name for p in against)}"
        distance_figure(sides, subtitle).write_html(html, include_plotlyjs=True)
    if as_json:
        import json

        found = {name: [row.model_dump(mode="json") for row in rows] for name, rows in sides}
        behaviour = result and result.behaviour.model_dump()
        typer.echo(json.dumps({"behaviour": behaviour, **found}))
        return
    for name, rows in sides:
        console.print(distance_table(name.capitalize(), rows))
    if result:
        habits = ", ".join(f"{name} {value:g}" for name, value in result.behaviour)
        console.print(
            f"Habits: {habits}. Kept in [bold]{to}[/]: esc-skills evaluate --seekers {to}"
        )


def _compared(real: "Real", paths: list[Path]) -> "tuple[FeatureDistance, ...]":
    from esc_skills.metrics.seekers.calibration import compare, talk_of_rollout

    from ..files.transcripts import read_transcripts

    played = [row for row in read_transcripts(paths) if row.rollout.valid]
    simulators = sorted({row.simulator for row in played})
    if len(simulators) > 1:
        raise UserError(
            f"the dialogues must be of one simulator, but are of {', '.join(simulators)}. "
            "Give those of one."
        )
    alike = [row for row in played if row.profile is None or row.profile.language == real.language]
    if played and not alike:
        raise UserError(
            f"the real dialogues are in {real.language!r}, but none of the others is. "
            "Give dialogues of one language."
        )
    try:
        return compare(real.test, [talk_of_rollout(row.rollout) for row in alike])
    except ValueError as error:
        raise UserError(f"{error}.") from error


def _calibrated(
    console: Console,
    experiment: "Experiment",
    real: "Real",
    names: tuple[str, ...],
    effort: tuple[int, int],
) -> "Calibration":
    from esc_skills.programs.runner import Runner
    from esc_skills.programs.support.support_agent import SupportAgent

    from ..setup.models import open_models
    from ..setup.seekers import seekers_of
    from ..setup.session import first_bank
    from ..work.calibrate import Calibrator, calibrate

    trials, replicates = effort
    profiles = [p for p in seekers_of(experiment) if p.language == real.language]
    if not profiles:
        raise UserError(
            f"the real dialogues are in {real.language!r}, but no seeker is. Give --profiles."
        )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        open_models(experiment.role_models) as models,
        Progress(*columns, console=console, transient=True) as bar,
    ):
        task = bar.add_task("trials", total=trials)
        runner = Runner(models, seed=experiment.seed, threads=experiment.threads)
        calibrator = Calibrator(runner, SupportAgent(first_bank(experiment)), profiles, replicates)
        simulator = models.configs["seeker"].model
        found = calibrate(calibrator, real, (simulator, names), trials, lambda: bar.advance(task))
        runner.close()
    return found
