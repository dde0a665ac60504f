"""Commands that play dialogues: demo, evolve, evaluate."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from esc_skills.baselines import OPTIMIZERS
from esc_skills.metrics.judges.panel import JUDGES
from esc_skills.signatures.protocol import SEEKER_TURNS

from .options import (
    RUNS,
    TRACKING,
    AllowUnsafe,
    ApiBase,
    AsJson,
    BankFile,
    ConductFile,
    Config,
    Domain,
    Engine,
    HideEmotion,
    Judges,
    Model,
    Profiles,
    Seed,
    Seekers,
    Threads,
    Tracking,
    Workers,
    warn_if_unfinished,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(demo)
    app.command()(evolve)
    app.command()(evaluate)


def demo(
    to: Annotated[Path, typer.Option(help="Directory for all output.")] = RUNS / "demo",
) -> None:
    """Run the whole loop offline, in about a minute: mine, evolve, test, track, export.

    Uses the packaged sample corpus, the sample seekers and the rehearsal model. It shows how the
    program works, not how people feel.
    """
    from .demo import run_demo

    run_demo(Console(), to)


def evolve(
    domain: Domain = None,
    profiles: Profiles = None,
    seekers: Seekers = None,
    bank: BankFile = None,
    allow_unsafe: AllowUnsafe = False,
    conduct: ConductFile = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            help=f"Optimizer: {OPTIMIZERS.listed}.", autocompletion=OPTIMIZERS.completions
        ),
    ] = None,
    rollouts: Annotated[
        int | None, typer.Option(help="Budget: maximum number of rollouts.")
    ] = None,
    calls: Annotated[
        int | None, typer.Option(help="Budget: maximum number of model calls.")
    ] = None,
    money: Annotated[float | None, typer.Option(help="Budget: maximum cost in money.")] = None,
    generations: Annotated[int | None, typer.Option(help="Maximum number of generations.")] = None,
    hide_emotion: HideEmotion = False,
    error_rate: Annotated[
        float | None, typer.Option(help="Maximum probability of accepting a null edit.")
    ] = None,
    second_judge: Annotated[
        str | None,
        typer.Option(
            help="A judge that must see a gain as well before a bank is accepted: "
            f"{JUDGES.listed}. Its model is that of the role `judge`.",
            autocompletion=JUDGES.completions,
        ),
    ] = None,
    surrogate: Annotated[
        Path | None,
        typer.Option(
            help="File of `surrogate fit`: raise an alarm if the sealed test's replies are "
            "rated higher than the surrogate predicts."
        ),
    ] = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    name: Annotated[str | None, typer.Option(help="Name of the experiment.")] = None,
    run: Annotated[Path | None, typer.Option(help="Run directory; runs/NAME by default.")] = None,
    tracking: Annotated[str | None, TRACKING] = None,
    as_json: AsJson = False,
    plan: Annotated[
        bool,
        typer.Option(
            "--plan",
            "--dry-run",
            help="Only print what these seekers and this budget can show, and what the run takes "
            "in calls, tokens, money and time, low to high; asks no model.",
        ),
    ] = False,
    measure: Annotated[
        bool,
        typer.Option(
            "--measure",
            help="A --plan that plays the run's first dialogue to tell what its models take; the "
            "run does not pay for it again.",
        ),
    ] = False,
) -> None:
    """Evolve a skill bank against simulated seekers.

    Stop with Ctrl-C; the same command resumes and repeats no finished call.
    """
    from ..setup.configure import configure
    from ..show.result import print_result, result_json
    from .evolution import print_the_plan, run_evolution

    entries = {
        "conduct": conduct,
        "optimizer": optimizer,
        "budget.rollouts": rollouts,
        "budget.calls": calls,
        "budget.money": money,
        "search.generations": generations,
        "search.rule.error_rate": error_rate,
        "search.second_judge": second_judge,
        "name": name,
        "tracking": tracking,
    }
    experiment = configure(
        config,
        domain=domain,
        profiles=profiles,
        seekers=seekers,
        bank=bank,
        allow_unsafe=allow_unsafe,
        model=model,
        api_base=api_base,
        hide_emotion=hide_emotion,
        seed=seed,
        threads=threads,
        engine=engine,
        workers=workers,
        entries=entries,
    )
    directory = run or RUNS / experiment.name
    if plan or measure:
        print_the_plan(experiment, directory, measured=measure, as_json=as_json)
        return
    console = Console(stderr=as_json)
    result = run_evolution(console, experiment, directory, surrogate)
    if as_json:
        typer.echo(result_json(result, directory))
    else:
        print_result(console, result, directory)


def evaluate(
    domain: Domain = None,
    profiles: Profiles = None,
    seekers: Seekers = None,
    bank: BankFile = None,
    allow_unsafe: AllowUnsafe = False,
    split: Annotated[
        Literal["test", "validation", "train", "all"] | None,
        typer.Option(
            help="Which seekers of the bank's run: test (default), validation, train or all."
        ),
    ] = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues with each seeker.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first seekers only.")] = None,
    hide_emotion: HideEmotion = False,
    turns: Annotated[
        int, typer.Option(min=2, max=SEEKER_TURNS, help="Seeker turns per dialogue.")
    ] = SEEKER_TURNS,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    judges: Judges = None,
    conduct: ConductFile = None,
    baseline: Annotated[
        bool,
        typer.Option(
            "--baseline",
            help="Also play a silent listener and a supporter without skills; report the gain.",
        ),
    ] = False,
    tracking: Tracking = "none",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the rollouts to this JSONL file; `esc-skills sage score` reads it if its "
            "name is SIMULATOR-simulator.NAME.jsonl. A .journal file beside it stores every "
            "call, so that the same command resumes an interrupted evaluation."
        ),
    ] = None,
    show: Annotated[bool, typer.Option(help="Print the dialogues.")] = False,
    as_json: AsJson = False,
) -> None:
    """Play seekers against a bank and print SAGE scores, with intervals and by group.

    For the bank of a run, the default seekers are those of its sealed test.
    """
    from ..setup.configure import configure
    from ..show.bars import progress_bar
    from ..show.evaluation import print_evaluation
    from ..tracking.records import judges_record, track
    from ..tracking.tracker import open_tracker
    from ..work import evaluate as work
    from ..work.judge import judge_names

    experiment = configure(
        config,
        domain=domain,
        profiles=profiles,
        seekers=seekers,
        bank=bank,
        allow_unsafe=allow_unsafe,
        model=model,
        api_base=api_base,
        hide_emotion=hide_emotion,
        seed=seed,
        threads=threads,
        engine=engine,
        workers=workers,
        entries={"conduct": conduct},
    )
    warn_if_unfinished(bank)
    console, names = Console(stderr=as_json), judge_names(judges)
    tracker = open_tracker(tracking, RUNS)
    with progress_bar(console) as bar:
        evaluation = work.evaluate(
            experiment,
            split=split,
            replicates=replicates,
            limit=limit,
            turns=turns,
            judges=names,
            baseline=baseline,
            out=out,
            on_progress=bar,
        )
    if evaluation.judges:
        track(judges_record(evaluation), tracker)
    if as_json:
        typer.echo(evaluation.model_dump_json(exclude={"rollouts"}))
    else:
        print_evaluation(console, evaluation, show=show)
