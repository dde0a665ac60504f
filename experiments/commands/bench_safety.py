"""Commands that measure what stays in, and what that costs: bench doors, guard, talk, fences."""

from typing import Annotated

import typer
from rich.console import Console

from esc_skills.baselines import OPTIMIZERS

from .corpus_options import Corpus
from .options import (
    AllowUnsafe,
    ApiBase,
    AsJson,
    BankFile,
    ConductFile,
    Config,
    Engine,
    Model,
    Profiles,
    Seed,
    Threads,
    Workers,
)


def register(bench: typer.Typer) -> None:
    """Add the commands to the group `bench`."""
    bench.command("doors")(doors)
    bench.command("guard")(guard)
    bench.command("talk")(talk)
    bench.command("fences")(fences)


def doors(
    optimizer: Annotated[
        list[str] | None,
        typer.Option(help=f"Optimizer: {OPTIMIZERS.listed}. May be repeated; all by default."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Number of seeds.")] = 5,
    calls: Annotated[int, typer.Option(min=1_000, help="Budget of a search.")] = 1_500,
    processes: Annotated[int, typer.Option(min=1, help="Searches that run in parallel.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Count what is unsafe in final banks and exports of small searches; exit code 1 for any.

    Every optimizer starts from drafts that are fine, and, on purpose, from a bank with an unsafe
    skill. Also counts the banks with an unsafe skill that are refused without --allow-unsafe.
    """
    from ..bench.doors import doors_table, pass_through, passages, refusals
    from ..show.bars import progress_bar

    names = optimizer or list(OPTIMIZERS)
    for name in names:
        OPTIMIZERS.check(name)
    console, done = Console(stderr=as_json), 0
    searches = passages(names, seeds, calls)
    with progress_bar(console) as show:

        def advance(_: object) -> None:
            nonlocal done
            done += 1
            show("searches", done, len(searches))

        found = pass_through(searches, processes, advance)
    refused, banks = refusals()
    console.print(doors_table(found))
    console.print(
        f"Banks with an unsafe skill of the red team that are refused: {refused} of {banks}."
    )
    if as_json:
        import json

        typer.echo(json.dumps([one.model_dump() for one in found]))
    if any(one.unsafe_final or one.unsafe_kept or one.unsafe_export for one in found):
        raise typer.Exit(1)


def guard(
    profiles: Profiles = None,
    bank: BankFile = None,
    allow_unsafe: AllowUnsafe = False,
    conduct: ConductFile = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    replicates: Annotated[int, typer.Option(min=1, help="Dialogues with each seeker.")] = 4,
    world: Annotated[str | None, typer.Option(help="Rehearsal world, as in `bench`.")] = None,
    seed: Seed = None,
    threads: Threads = None,
    engine: Engine = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Compare the score with the guard of replies and without it, on the same seekers and seeds.

    The seekers should be in no danger, as the packaged ones. Exit code 1 where the interval of the
    paired difference does not lie within 1 point of 0.
    """
    from ..bench.guard import guard_effects, guard_table
    from ..setup.configure import configure
    from ..show.bars import progress_bar

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
        entries={"conduct": conduct},
    )
    console = Console(stderr=as_json)
    with progress_bar(console) as show:
        found = guard_effects(experiment, replicates=replicates, world=world, on_progress=show)
    if as_json:
        import json

        typer.echo(json.dumps([one.model_dump() for one in found]))
    else:
        console.print(guard_table(found))
    if not all(one.harmless for one in found):
        raise typer.Exit(1)


def talk(corpus: Corpus, as_json: AsJson = False) -> None:
    """Count how often the guard would interrupt the talk of a corpus, without a model.

    Most alarms in ordinary talk are false, so that fewer are better.
    """
    from ..bench.talk import interruptions, talk_table

    found = interruptions(corpus)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        Console().print(talk_table(found))


def fences(as_json: AsJson = False) -> None:
    """Count what a text of others can forge in a prompt: fields and turns; exit code 1 for any.

    Forged frames are planted in every text that any stage is given, one place after another, and
    the prompts are written by every adapter. Nothing is asked of any model.
    """
    from ..bench.fences import fences_table, forged_frames

    found = forged_frames()
    if as_json:
        import json

        typer.echo(json.dumps([one.model_dump() for one in found]))
    else:
        Console().print(fences_table(found))
    if any(one.frames or one.turns for one in found):
        raise typer.Exit(1)
