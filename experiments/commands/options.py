"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from esc_skills.metrics.judges.panel import JUDGES

from ..engines.names import ENGINES
from ..files.domain_names import DOMAINS
from ..tracking.tracker import TRACKERS

Config = Annotated[
    Path | None,
    typer.Option(help="YAML file with the models and all other settings; flags override it."),
]
Model = Annotated[
    list[str] | None,
    typer.Option(
        help="Model of every role: PROVIDER/NAME (LiteLLM), `rehearsal` (offline world), `local` "
        "or `local:NAME` (small real models on this machine), or a name with --api-base. ROLE=NAME "
        "is the model of one role (supporter, seeker, analyst, judge); may be repeated."
    ),
]
ApiBase = Annotated[
    list[str] | None,
    typer.Option(
        help="Address of an OpenAI-compatible server; ROLE=URL is that of one role; may be "
        "repeated."
    ),
]
Domain = Annotated[
    str | None,
    typer.Option(
        help=f"What it is about: {DOMAINS.listed}, or a folder (see `domains`); emotional support "
        "by default, or what the bank's run is about.",
        autocompletion=DOMAINS.completions,
    ),
]
Profiles = Annotated[
    list[Path] | None,
    typer.Option(
        help="File of seeker profiles (ESC-Skills or SAGE schema, .gz or not); may be repeated."
    ),
]
Seekers = Annotated[
    Path | None,
    typer.Option(help="Habits of the seekers: a file that `esc-skills seekers calibrate` wrote."),
]
BankFile = Annotated[
    Path | None,
    typer.Option(help="Skill bank: a bank.json or a run directory; none by default."),
]
AllowUnsafe = Annotated[
    bool,
    typer.Option(
        "--allow-unsafe",
        help="Use a bank that breaks hard safety rules; reports, tags and exports say so.",
    ),
]
ReadSeeker = Annotated[
    bool,
    typer.Option(
        "--read-seeker",
        help="Let the model read each message for danger and intent before it is answered.",
    ),
]
ConductFile = Annotated[
    Path | None,
    typer.Option("--conduct", help="YAML file of safety rules; the packaged ones by default."),
]
Seed = Annotated[int | None, typer.Option(help="Seed of all randomness.")]
Threads = Annotated[
    int | None, typer.Option(help="Dialogues played at once; does not change the result.")
]
Engine = Annotated[
    str | None,
    typer.Option(
        help=f"What executes the work: {ENGINES.listed}; or ray://ADDRESS of a cluster. Does not "
        "change the result.",
        autocompletion=ENGINES.completions,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, help="Processes of the engine `ray`, which share the threads; one a processor."
    ),
]
Judges = Annotated[
    str | None,
    typer.Option(
        help=f"Judges to ask, separated by commas: {JUDGES.listed}; or all.",
        autocompletion=JUDGES.completions,
    ),
]
HideEmotion = Annotated[
    bool,
    typer.Option(
        "--hide-emotion",
        help="Hide the running emotion when the seeker appraises a reply (inertia ablation).",
    ),
]
TRACKING = typer.Option(
    help=f"Where the run is logged: {TRACKERS.listed}.", autocompletion=TRACKERS.completions
)
Tracking = Annotated[str, TRACKING]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
RUNS = Path("runs")
"""Where run directories, the MLflow store and exports go by default."""


def warn_if_unfinished(run: Path | None) -> None:
    """Say, beside the output, that what is used comes from a run that has not finished."""
    from ..files.run_directory import unfinished

    if run is not None and (warning := unfinished(run)):
        typer.echo(warning, err=True)
