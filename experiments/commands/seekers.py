"""Commands on simulated seekers: seekers calibrate, seekers check."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from .corpus_options import CORPUS_HELP, Columns, Names, Reader, Redact, Speakers, reading_of
from .options import (
    RUNS,
    AllowUnsafe,
    ApiBase,
    AsJson,
    BankFile,
    Config,
    Domain,
    Engine,
    Model,
    Profiles,
    Seed,
    Threads,
    Tracking,
    Workers,
)

if TYPE_CHECKING:
    from ..corpora.reading import Reading
    from ..setup.config import Experiment
    from ..work.calibrate import Calibration


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    seekers = typer.Typer(
        no_args_is_help=True, help="Compare simulated seekers with real ones; check that they hold."
    )
    seekers.command()(calibrate)
    seekers.command()(check)
    app.add_typer(seekers, name="seekers")


def calibrate(
    against: Annotated[list[Path], typer.Option(help=f"{CORPUS_HELP} May be repeated.")],
    rollouts: Annotated[
        list[Path] | None,
        typer.Option(help="Only compare these transcripts or run directories; tune nothing."),
    ] = None,
    reader: Reader = "auto",
    columns: Columns = None,
    speaker: Speakers = None,
    redact: Redact = False,
    redact_name: Names = None,
    profiles: Profiles = None,
    bank: BankFile = None,
    allow_unsafe: AllowUnsafe = False,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    trials: Annotated[int, typer.Option(min=1, help="Settings to try.")] = 30,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues per seeker and trial.")] = 2,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    to: Annotated[Path, typer.Option(help="Write the result to this file.")] = RUNS
    / "seekers.json",
    html: Annotated[Path | None, typer.Option(help="Write the chart to this HTML page.")] = None,
    tracking: Tracking = "none",
    as_json: AsJson = False,
) -> None:
    """Tune how simulated seekers talk on one half of real dialogues; report on the other half.

    Compares turn length, disclosure pace, questions, resistance, gratitude, vocabulary, number of
    turns and change of emotion in the first ten turns. Pass the result to `evaluate` and `evolve`
    as --seekers.
    """
    from ..setup.configure import configure
    from ..show.calibration_page import distance_figure, print_calibration, print_distances
    from ..tracking.records import calibration_record, track
    from ..tracking.tracker import open_tracker

    reading = reading_of(reader, columns, speaker, redact, redact_name)
    console, tracker = Console(stderr=as_json), open_tracker(tracking, RUNS)
    if rollouts:
        from ..work.calibrate import compare_with_real

        result = None
        sides = [
            ("simulated", compare_with_real(against, rollouts, seed=seed or 0, reading=reading))
        ]
    else:
        experiment = configure(
            config,
            profiles=profiles,
            bank=bank,
            allow_unsafe=allow_unsafe,
            model=model,
            api_base=api_base,
            seed=seed,
            threads=threads,
            engine=engine,
            workers=workers,
        )
        result = _calibrated(console, (against, reading), experiment, (trials, replicates), to)
        sides = [("before", result.before), ("after", result.after)]
        track(calibration_record(result), tracker)
    if html:
        names = ", ".join(path.name for path in against)
        distance_figure(sides, f"held-out real dialogues: {names}").write_html(
            html, include_plotlyjs=True
        )
    if as_json:
        found = {name: [row.model_dump(mode="json") for row in rows] for name, rows in sides}
        behaviour = result and result.behaviour.model_dump()
        typer.echo(json.dumps({"behaviour": behaviour, **found}))
        return
    print_distances(console, sides)
    if result:
        print_calibration(console, result, to)


def _calibrated(
    console: Console,
    corpus: "tuple[list[Path], Reading]",
    experiment: "Experiment",
    effort: tuple[int, int],
    to: Path,
) -> "Calibration":
    """Calibrate under a bar."""
    from ..show.bars import progress_bar
    from ..work import calibrate as work

    (against, reading), (trials, replicates) = corpus, effort
    with progress_bar(console) as bar:
        return work.calibrate(
            against,
            experiment,
            reading=reading,
            trials=trials,
            replicates=replicates,
            to=to,
            on_progress=bar,
        )


def check(
    domain: Domain = None,
    profiles: Profiles = None,
    bank: BankFile = None,
    allow_unsafe: AllowUnsafe = False,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues with each seeker.")] = 2,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first seekers only.")] = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 if hostile seekers melt or an event leaks.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that seekers stay the people that they are said to be.

    A judge names their Big-Five traits blind; chance stands beside the share it recognizes. Under
    a silent listener and under flattery moods must not rise. Events must be taken up, and never be
    known to the supporter before the seeker tells. Facts are told where they are asked for.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.seeker_check import print_check
    from ..work.check_seekers import check_seekers

    experiment = configure(
        config,
        domain=domain,
        profiles=profiles,
        bank=bank,
        allow_unsafe=allow_unsafe,
        model=model,
        api_base=api_base,
        seed=seed,
        threads=threads,
        engine=engine,
        workers=workers,
    )
    console = Console(stderr=as_json)
    with progress_bar(console) as bar:
        found = check_seekers(experiment, replicates=replicates, limit=limit, on_progress=bar)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_check(console, found)
    if strict and found.wrong:
        raise typer.Exit(1)
