"""Commands that show results: compare, report, ui."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ..errors import UserError
from .options import RUNS, AsJson


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(compare)
    app.command()(report)
    app.command()(ui)


def compare(
    first: Annotated[Path, typer.Argument(help="Run directory.")],
    second: Annotated[Path, typer.Argument(help="Run directory.")],
    as_json: AsJson = False,
) -> None:
    """Compare two runs: which is better, with what certainty, at what cost."""
    from ..show.comparison import print_comparison
    from ..work import compare as work

    comparison = work.compare(first, second)
    if as_json:
        found = comparison.model_dump(mode="json")
        typer.echo(
            json.dumps({**found, "verdict": comparison.verdict, "caution": comparison.caution})
        )
    else:
        print_comparison(Console(), comparison)


def report(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    to: Annotated[
        Path | None, typer.Option(help="Write the page here; RUN/report.html by default.")
    ] = None,
) -> None:
    """Write a run as one self-contained HTML page."""
    from ..show.report import write_report

    page = to or run / "report.html"
    write_report(run, page)
    typer.echo(f"Wrote {page}")


def ui(
    runs: Annotated[Path, typer.Option(help="Directory that holds the runs.")] = RUNS,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 5000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Open the runs in MLflow, offline."""
    from ..tracking.mlflow_tracker import charts_path, default_store

    store = runs / "mlflow.db"
    if not store.exists():
        raise UserError(f"{store} must exist, but there are no runs yet. Try: esc-skills demo")
    uri = default_store(runs)
    typer.echo(f"Open http://{host}:{port}{charts_path(uri)}")
    environment = {
        **os.environ,
        # without these two, MLflow looks up model prices on the net and starts job workers
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri]
    command += ["--default-artifact-root", (runs / "mlartifacts").resolve().as_uri()]
    command += ["--host", host, "--port", str(port), "--workers", "1"]
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)
