"""Commands about data: mine, profiles."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from . import profile_building, profile_sets
from .corpus_options import Columns, Corpus, Names, Reader, Redact, Speakers, reading_of
from .options import RUNS, ApiBase, AsJson, Config, Domain, Engine, Model, Seed, Threads, Workers

if TYPE_CHECKING:
    from esc_skills.signatures.profiles import Profile

Files = Annotated[list[Path] | None, typer.Argument(help="Profile files; the samples by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(mine)
    data = typer.Typer(no_args_is_help=True, help="Look at corpora of real conversations.")
    data.callback()(lambda: None)  # keeps `inspect` a command of its own
    data.command()(inspect)
    app.add_typer(data, name="data")
    profiles = typer.Typer(
        no_args_is_help=True, help="Check, list, split, build, audit and propose seekers."
    )
    profiles.command("validate")(validate_profiles)
    profiles.command("list")(list_profiles)
    profiles.command("split")(split_profiles)
    profile_sets.register(profiles)
    profile_building.register(profiles)
    app.add_typer(profiles, name="profiles")


def mine(
    corpus: Corpus,
    to: Annotated[Path, typer.Option(help="Directory for bank, report and journal.")] = RUNS
    / "mined",
    reader: Reader = "auto",
    columns: Columns = None,
    speaker: Speakers = None,
    redact: Redact = False,
    redact_name: Names = None,
    domain: Domain = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    max_skills: Annotated[int, typer.Option(min=1, help="Maximum number of skills.")] = 16,
    min_units: Annotated[
        int, typer.Option(min=1, help="Minimum number of key units per skill.")
    ] = 4,
    as_json: AsJson = False,
) -> None:
    """Mine a skill bank from real support conversations.

    Annotates every exchange, groups actions that clearly helped or hurt, and distils skills with
    their evidence. The same command resumes an interrupted run.
    """
    from ..files.atomic_writes import write_whole
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.mining import print_mining, render_report
    from ..work import mine as work

    experiment = configure(
        config,
        domain=domain,
        model=model,
        api_base=api_base,
        threads=threads,
        engine=engine,
        workers=workers,
    )
    console = Console(stderr=as_json)
    with progress_bar(console) as bar:
        result = work.mine(
            corpus,
            experiment,
            to,
            reading=reading_of(reader, columns, speaker, redact, redact_name),
            max_skills=max_skills,
            min_units=min_units,
            on_progress=bar,
        )
    write_whole(to / "report.md", render_report(result))
    if as_json:
        shown = {"units", "key_units", "read", "skipped", "dropped"}
        typer.echo(result.model_dump_json(include=shown))
        return
    print_mining(console, result)
    bank, report = escape(str(to / "bank.json")), escape(str(to / "report.md"))
    console.print(f"Bank: [bold]{bank}[/]  Report: [bold]{report}[/]")
    if result.bank.skills:
        console.print(f"Next: esc-skills evolve --bank {to / 'bank.json'}", markup=False)


def inspect(
    corpus: Corpus,
    reader: Reader = "auto",
    columns: Columns = None,
    speaker: Speakers = None,
    redact: Redact = False,
    redact_name: Names = None,
    limit: Annotated[int, typer.Option(min=1, help="Conversations to look at.")] = 1000,
    table: Annotated[
        bool,
        typer.Option("--table", help="A row for each corpus: how it is read, what is skipped."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a corpus is, how `mine` would read it, and what it lacks; show one conversation."""
    from ..show.corpus import print_inspection
    from ..work.inspect_corpus import inspect_corpus

    reading = reading_of(reader, columns, speaker, redact, redact_name)
    if table:
        from ..show.corpus_table import corpus_table
        from ..work.survey_corpora import survey

        rows = survey(corpus, reading, limit)
        if as_json:
            typer.echo(json.dumps([row.model_dump() for row in rows], ensure_ascii=False))
        else:
            Console().print(corpus_table(rows))
        return
    found = inspect_corpus(corpus, reading, limit)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_inspection(Console(), found)


def validate_profiles(files: Files = None) -> None:
    """Check profile files and explain the first invalid record."""
    profiles = _read(files)
    typer.echo(f"{len(profiles)} profiles are valid.")
    if loose := sum(isinstance(p.traits, tuple) and bool(p.traits) for p in profiles):
        typer.echo(
            f"{loose} have traits in free words, which no model reads: tell them in the persona, "
            "or mark them as Big Five, such as {extraversion: low}."
        )


def list_profiles(files: Files = None, as_json: AsJson = False) -> None:
    """List profiles by group, character and topic. Private texts are not shown."""
    profiles = _read(files)
    if as_json:
        keys = {"id", "group", "character", "stance", "topic", "language"}
        typer.echo(json.dumps([p.model_dump(include=keys) for p in profiles], ensure_ascii=False))
        return
    from ..show.tables import counted, table_of

    columns = ("id", "group", "character", "stance", "language", "topic")
    rows = ((p.id, p.group, p.character, p.stance or "", p.language, p.topic) for p in profiles)
    console = Console()
    console.print(table_of(counted(len(profiles), "profile"), columns, rows, text=columns))
    counts = Counter(p.group for p in profiles)
    shown = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    console.print(shown, markup=False, highlight=False)


def split_profiles(
    files: Files = None,
    to: Annotated[Path, typer.Option(help="Directory for the three files.")] = RUNS / "split",
    train: Annotated[float, typer.Option(help="Share of train profiles.")] = 0.4,
    validation: Annotated[float, typer.Option(help="Share of validation profiles.")] = 0.3,
    test: Annotated[float, typer.Option(help="Share of held-out test profiles.")] = 0.3,
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
