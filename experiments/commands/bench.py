"""Commands that compare optimizers, and that check the worlds of the comparison."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from esc_skills.baselines import OPTIMIZERS
from esc_skills.metrics.judges.panel import JUDGES

from ..bench.suites import Suite
from ..bench.worlds import WORLDS
from .bench_figures import register as register_figures
from .bench_kills import register as register_kills
from .bench_safety import register as register_safety
from .options import RUNS, AsJson, Tracking

if TYPE_CHECKING:
    from rich.table import Table

    from esc_skills.programs.work import Work

    from ..bench.match import Score
    from ..bench.tournament import Plan


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    bench = typer.Typer(
        no_args_is_help=True, help="Compare optimizers in worlds whose truth is known."
    )
    bench.command("optimizers")(optimizers)
    bench.command("table")(table)
    bench.command("worlds")(worlds)
    register_safety(bench)
    register_kills(bench)
    register_figures(bench)
    app.add_typer(bench, name="bench")


def optimizers(
    world: Annotated[
        list[str] | None,
        typer.Option(
            help=f"World: {WORLDS.listed}. May be repeated.",
            autocompletion=WORLDS.completions,
        ),
    ] = None,
    optimizer: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Optimizer to include: {OPTIMIZERS.listed}. May be repeated; all by default.",
            autocompletion=OPTIMIZERS.completions,
        ),
    ] = None,
    budget: Annotated[
        list[int] | None, typer.Option(help="Budget of a search in model calls; may be repeated.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Number of seeds.")] = 10,
    quick: Annotated[
        bool, typer.Option(help="Quick look: two seeds, one budget, four optimizers.")
    ] = False,
    processes: Annotated[int, typer.Option(min=1, help="Contests that run in parallel.")] = 2,
    engine: Annotated[
        str | None,
        typer.Option(
            help="What plays the contests: ray, ray://ADDRESS of a cluster, or module:Name; "
            "processes of this machine by default. Does not change the result."
        ),
    ] = None,
    results: Annotated[
        Path, typer.Option(help="File of finished contests; the same command resumes from it.")
    ] = RUNS / "bench" / "optimizers.jsonl",
    ablate: Annotated[
        bool, typer.Option(help="Compare ESC-Skills with versions that lack one part each.")
    ] = False,
    second_judge: Annotated[
        str | None,
        typer.Option(
            help="Add ESC-Skills with this second judge, as in `evolve`.",
            autocompletion=JUDGES.completions,
        ),
    ] = None,
    start: Annotated[
        list[str] | None,
        typer.Option(
            help="First bank: drafts (of a beginner; the default), empty, mined (from the samples) "
            "or a file. May be repeated."
        ),
    ] = None,
    suite: Annotated[
        Suite | None,
        typer.Option(help="Worlds to tune an optimizer on, or those to report."),
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option(
            help="Draw into this SVG in what share of worlds, starts and budgets an optimizer is "
            "within some points of the best."
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the curves to this HTML page.")] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="Store contests and command in this file, for `bench table`."),
    ] = None,
    tracking: Tracking = "mlflow",
    as_json: AsJson = False,
) -> None:
    """Compare optimizers in simulated worlds whose truth is known.

    Every optimizer gets the same first bank, seekers, models, seeds and budget in model calls. The
    table shows the true gain, without noise, which no optimizer can see.
    """
    from ..bench.summary import summarize_scores
    from ..bench.tables import LEGEND, curves, render
    from ..bench.tournament import forecast, plan_of
    from ..tracking.bench import track_tournament
    from ..tracking.tracker import open_tracker

    plan = plan_of(
        world,
        optimizer,
        budget,
        seeds,
        quick=quick,
        ablate=ablate,
        second_judge=second_judge,
        starts=start or (),
        suite=suite,
    )
    console, tracker = Console(stderr=as_json), open_tracker(tracking, RUNS)
    console.print(forecast(plan, results, processes))
    players = partial(_players, engine, processes)
    scores = _played(plan, results, players, console)
    rows = summarize_scores(scores)
    if html is not None:
        curves(scores).write_html(html, include_plotlyjs=True)
    if profile is not None:
        from ..bench.profile_plot import draw

        profile.write_text(draw(scores), encoding="utf-8")
    if keep is not None:
        from ..bench.results import keep as keep_results

        keep_results(plan, scores, keep)
    track_tournament(plan, scores, rows, tracker)
    if as_json:
        import json

        typer.echo(json.dumps([row.model_dump(mode="json") for row in rows]))
        return
    for table in render(rows):
        console.print(table)
    console.print(LEGEND)
    if len({score.entry.cell for score in scores}) > 1:
        from ..bench.overall import standings
        from ..bench.tables import STANDINGS_LEGEND, standings_table

        console.print(standings_table(standings(scores)))
        console.print(STANDINGS_LEGEND)
    console.print(f"Contests: [bold]{escape(str(results))}[/].")


def _players(engine: str | None, processes: int) -> "Work":
    """What plays so many contests at once, each in a process of its own."""
    from esc_skills.programs.work import Processes

    from ..setup.engines import engine_named

    return engine_named(engine, processes, processes) if engine else Processes(processes)


def _played(
    plan: "Plan", results: Path, players: "Callable[[], Work]", console: Console
) -> "list[Score]":
    """Run the contests, with a progress bar."""
    from ..bench.tournament import run_tournament

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("contests", total=len(plan.entries))
        return run_tournament(plan, results, players, lambda score: progress.advance(task))


def table(
    tournament: Annotated[
        Path | None,
        typer.Argument(help="File that --keep wrote; the project's own results by default."),
    ] = None,
    document: Annotated[
        Path | None,
        typer.Option("--in", help="Write the table into this document, between its markers."),
    ] = None,
    standings: Annotated[
        bool,
        typer.Option("--standings", help="Only who is ahead over all worlds, budget by budget."),
    ] = False,
) -> None:
    """Print a stored tournament as a table, or write it into a document.

    The document holds the lines `<!-- NAME: begin -->` and `<!-- NAME: end -->`, where NAME is the
    name of the stored file without its suffix, followed by `-standings` for these alone.
    """
    from ..bench.results import ALONE, KEPT, read_tournament, shown_as, with_table

    kept = tournament or KEPT
    name = f"{kept.stem}{ALONE}" if standings else kept.stem
    table = shown_as(name, read_tournament(kept))
    if document is None:
        typer.echo(table)
        return
    text = with_table(document.read_text(encoding="utf-8"), name, table)
    document.write_text(text, encoding="utf-8")
    Console().print(f"Wrote the table to {document}", markup=False)


def worlds(
    world: Annotated[
        list[str] | None,
        typer.Argument(
            help=f"Worlds to check: {WORLDS.listed}; none: list the worlds.",
            autocompletion=WORLDS.completions,
        ),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="Transcripts to compare with, instead of the stored SAGE figures."),
    ] = None,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues per supporter and seeker.")] = 3,
    as_json: AsJson = False,
) -> None:
    """List the packaged worlds, or compare the dialogues of some worlds with SAGE's published ones.

    Six supporters, from weak to strong, talk with every seeker of the world.
    """
    console = Console(stderr=as_json)
    if not world:
        console.print(_listed())
        return
    from ..bench.realism import dialogues, likeness, published_dynamics
    from ..bench.tables import likeness_table
    from ..files.transcripts import read_transcripts

    chosen = {name: WORLDS[name]() for name in world}
    published = published_dynamics(list(read_transcripts(against))) if against else None
    found = {}
    for name, one in chosen.items():
        found[name] = likeness(dialogues(one, replicates), published)
        console.print(likeness_table(name, found[name]))
    if as_json:
        import json

        rows = {n: [{**row.model_dump(), "ok": row.ok} for row in t] for n, t in found.items()}
        typer.echo(json.dumps(rows))


def _listed() -> "Table":
    from ..rehearsal.world import WorldParameters
    from ..show.tables import table_of

    usual = WorldParameters().model_dump()
    rows: list[tuple[str, str, str]] = []
    for name in WORLDS:
        world = WORLDS[name]
        parameters = getattr(world, "parameters", WorldParameters()).model_dump()
        changed = [f"{key} {value}" for key, value in parameters.items() if value != usual[key]]
        about = (world.__doc__ or "").strip().partition("\n")[0]
        rows.append((name, about, ", ".join(changed)))
    columns = ("world", "what is different", "parameters that differ")
    return table_of("Packaged worlds", columns, rows, text=columns)
