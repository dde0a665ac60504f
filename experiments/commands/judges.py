"""Commands about judges: audit."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import ApiBase, AsJson, Judges, Model, Profiles, Seed, Threads, shared_overrides


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    judges = typer.Typer(no_args_is_help=True, help="Check the judges themselves.")
    judges.callback()(_judges)
    judges.command("audit")(audit)
    app.add_typer(judges, name="judges")


def _judges() -> None:
    """Keeps `audit` a command of its own while it is the only one."""


def audit(
    run: Annotated[
        Path, typer.Argument(help="Run directory, or a file of `evaluate --out` rollouts.")
    ],
    judges: Judges = "all",
    profiles: Profiles = None,
    limit: Annotated[int, typer.Option(min=4, help="Dialogues at most.")] = 40,
    model: Model = None,
    api_base: ApiBase = None,
    seed: Seed = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Audit judges: test-retest agreement, order bias, agreement with each other and with SAGE.

    Every judge is asked twice about every dialogue. Interrupted, it goes on where it stopped.
    """
    from rich.progress import Progress

    from ..files.judge_cases import cases_of, dialogues_of, profiles_of
    from ..setup.config import load_experiment
    from ..work.audit_judges import ROUNDS, print_audit
    from ..work.audit_judges import audit as audit_judges
    from ..work.judge import judge_names, judging_runner

    overrides = shared_overrides(
        profiles=profiles, model=model, api_base=api_base, seed=seed, threads=threads
    )
    experiment = load_experiment(None, overrides)
    names = judge_names(judges)
    cases = cases_of(dialogues_of(run, limit), profiles_of(run, experiment.profiles))
    console = Console(stderr=as_json)
    memory = run / "judges.jsonl" if run.is_dir() else run.with_suffix(".judges.jsonl")
    with (
        judging_runner(experiment, memory) as runner,
        Progress(console=console, transient=True) as bar,
    ):
        task = bar.add_task("judging", total=len(names) * len(cases) * ROUNDS)
        found = audit_judges(runner, names, cases, on_judged=lambda: bar.advance(task))
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_audit(console, found)
