"""Commands about data: mine, profiles."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from . import profile_sets
from .options import RUNS, ApiBase, AsJson, Model, Seed, Threads

if TYPE_CHECKING:
    from esc_skills.signatures.profiles import Profile

Files = Annotated[list[Path] | None, typer.Argument(help="Profile files; the samples if none.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(mine)
    profiles = typer.Typer(
        no_args_is_help=True, help="Check, list, split, audit and propose seekers."
    )
    profiles.command("validate")(validate_profiles)
    profiles.command("list")(list_profiles)
    profiles.command("split")(split_profiles)
    profile_sets.register(profiles)
    app.add_typer(profiles, name="profiles")


def mine(
    corpus: Annotated[list[Path], typer.Argument(help="Files in the ESConv schema, .gz or not.")],
    to: Annotated[Path, typer.Option(help="Where bank, report and memory go.")] = RUNS / "mined",
    model: Model = None,
    api_base: ApiBase = None,
    threads: Threads = None,
    max_skills: Annotated[int | None, typer.Option(min=1, help="Skills at most.")] = None,
    min_units: Annotated[int | None, typer.Option(min=1, help="Key units a skill needs.")] = None,
    as_json: AsJson = False,
) -> None:
    """Mine a skill bank from real support conversations.

    Annotates every exchange, groups what clearly helped or hurt, and distils skills with their
    evidence. Interrupted, it goes on where it stopped.
    """
    from esc_skills.programs.learning.miner import MAX_SKILLS, MIN_UNITS, BankBuilder
    from esc_skills.programs.models.roles import ROLES

    from ..files.atomic_writes import write_whole
    from ..files.journals import open_journal
    from ..setup.config import load_experiment
    from ..setup.models import open_models
    from ..work.mine import mine as mine_corpora
    from ..work.mine import render_report

    overrides = {"model.model": model, "model.api_base": api_base, "threads": threads}
    experiment = load_experiment(None, overrides)
    console = Console(stderr=as_json)
    to.mkdir(parents=True, exist_ok=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with (
        open_models({role: experiment.model for role in ROLES}) as models,
        Progress(*columns, console=console, transient=True) as bar,
    ):
        task = bar.add_task("reading")
        result = mine_corpora(
            corpus,
            models,
            threads=experiment.threads,
            journal=open_journal(to / "journal.jsonl"),
            builder=BankBuilder(max_skills or MAX_SKILLS, min_units or MIN_UNITS),
            on_progress=lambda done: bar.update(task, description=f"{done} conversations"),
        )
    write_whole(to / "bank.json", result.bank.model_dump_json(indent=1))
    write_whole(to / "report.md", render_report(result))
    if as_json:
        shown = {"units", "key_units", "read", "skipped", "dropped"}
        typer.echo(result.model_dump_json(include=shown))
        return
    console.print(
        f"Read {sum(result.read.values())} conversations, skipped {len(result.skipped)}: "
        f"{result.units} Intervention Units, {result.key_units} key, "
        f"{len(result.prototypes)} prototypes, {len(result.bank.skills)} skills."
    )
    for entry in result.skipped[:10]:
        console.print(f"  skipped {entry.file}, record {entry.record}: {entry.why}", markup=False)
    if result.dropped:
        console.print(f"{len(result.dropped)} lessons gave no skill; the report says why.")
    console.print(f"Bank: [bold]{to / 'bank.json'}[/]  Report: [bold]{to / 'report.md'}[/]")


def validate_profiles(files: Files = None) -> None:
    """Check profile files; says what is wrong with the first bad record."""
    profiles = _read(files)
    typer.echo(f"{len(profiles)} profiles are valid.")


def list_profiles(files: Files = None, as_json: AsJson = False) -> None:
    """List profiles by group, character and topic. Private texts stay private."""
    profiles = _read(files)
    if as_json:
        keys = {"id", "group", "character", "topic", "language"}
        typer.echo(json.dumps([p.model_dump(include=keys) for p in profiles], ensure_ascii=False))
        return
    table = Table(title=f"{len(profiles)} profiles")
    for column in ("id", "group", "character", "language", "topic"):
        table.add_column(column)
    for p in profiles:
        table.add_row(p.id, p.group, p.character, p.language, p.topic)
    console = Console()
    console.print(table)
    counts = Counter(p.group for p in profiles)
    console.print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))


def split_profiles(
    files: Files = None,
    to: Annotated[Path, typer.Option(help="Where the three files go.")] = RUNS / "split",
    train: Annotated[float, typer.Option(help="Share to learn from.")] = 0.4,
    validation: Annotated[float, typer.Option(help="Share to decide on.")] = 0.3,
    test: Annotated[float, typer.Option(help="Share to keep sealed.")] = 0.3,
    seed: Seed = None,
) -> None:
    """Split profiles into train, validation and test, stratified by group."""
    from ..files.atomic_writes import write_whole
    from ..files.profiles import split_profiles as split

    parts = split(_read(files), train=train, validation=validation, test=test, seed=seed or 0)
    to.mkdir(parents=True, exist_ok=True)
    for name in ("train", "validation", "test"):
        members = getattr(parts, name)
        write_whole(to / f"{name}.jsonl", "".join(p.model_dump_json() + "\n" for p in members))
        typer.echo(f"{to / name}.jsonl: {len(members)} profiles")


def _read(files: list[Path] | None) -> "list[Profile]":
    from ..files.profiles import SAMPLE_PROFILES, read_profiles

    return read_profiles(files or [SAMPLE_PROFILES])
