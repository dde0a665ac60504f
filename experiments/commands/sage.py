"""Commands on existing simulated dialogues: sage score, sage quality."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import RUNS, AsJson, Profiles, Seed, Tracking

SOURCES_HELP = (
    "Published SAGE transcripts or rollouts, named SIMULATOR-simulator.SUPPORTER.jsonl or "
    "SIMULATOR_based_simulator/SUPPORTER_result.jsonl (or .json, .gz); run directories; or "
    "directories that hold some."
)
Sources = Annotated[list[Path], typer.Argument(help=SOURCES_HELP)]
Simulator = Annotated[
    str | None, typer.Option(help="Simulator of files whose name does not contain it.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    sage = typer.Typer(no_args_is_help=True, help="Score simulated dialogues; count their faults.")
    sage.command()(score)
    sage.command()(quality)
    app.add_typer(sage, name="sage")


def score(
    transcripts: Sources,
    simulator: Simulator = None,
    profiles: Profiles = None,
    seed: Seed = None,
    html: Annotated[Path | None, typer.Option(help="Write emotion curves to this page.")] = None,
    tracking: Tracking = "none",
    as_json: AsJson = False,
) -> None:
    """Print the SAGE leaderboard of each simulator, with intervals, groups and differences.

    Scores of different simulators are never averaged or ranked together.
    """
    from ..tracking.scores import track_leaderboards
    from ..tracking.tracker import open_tracker
    from ..work import score as work

    tracker = open_tracker(tracking, RUNS)
    found = work.score(transcripts, simulator=simulator, profiles=profiles or (), seed=seed or 0)
    console = Console(stderr=as_json)
    if as_json:
        boards = [board.model_dump(mode="json") for board in found.boards]
        typer.echo(json.dumps(boards, ensure_ascii=False))
    else:
        from ..show.leaderboard import print_scores

        print_scores(console, found)
    if html:
        from ..show.scoring_page import write_scores

        write_scores(found.boards, html)
        console.print(f"Wrote {html}", markup=False)
    track_leaderboards(found.boards, tracker)
    if tracking == "mlflow":
        console.print(f"Logged to MLflow: esc-skills ui --runs {RUNS}", markup=False)


def quality(
    transcripts: Sources,
    simulator: Simulator = None,
    profiles: Profiles = None,
    as_json: AsJson = False,
) -> None:
    """Count implausible lines of simulated seekers, for each source of dialogues.

    Counts verbatim repeats, character breaks, leaked private texts, format labels, empty and
    over-long turns, early farewells, and accepted empty replies.
    """
    from ..show.leaderboard import print_quality
    from ..work.score import find_faults

    counted = find_faults(transcripts, simulator=simulator, profiles=profiles or ())
    if as_json:
        rows = [
            {"simulator": played[0], "supporter": played[1], **row.model_dump(mode="json")}
            for played, row in counted.items()
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        print_quality(Console(), counted)
