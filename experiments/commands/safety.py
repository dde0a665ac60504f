"""Commands about the conduct and about bad input: check, redteam and fuzz."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..errors import UserError
from .options import ApiBase, AsJson, ConductFile, Config, Model, ReadSeeker

if TYPE_CHECKING:
    from ..setup.config import Experiment


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command()(check)
    app.command()(redteam)
    app.command()(fuzz)


def check(
    path: Annotated[
        Path, typer.Argument(help="A bank file, a run directory, an export, or profiles.")
    ],
    conduct: ConductFile = None,
    clear: Annotated[
        list[str] | None,
        typer.Option(
            help="Name of a skill that reads like an unsafe one and is not, or `all`; noted in the "
            "file of --conduct. May be repeated."
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help="Who has read it, for --clear; else the judge of --model reads it."),
    ] = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    as_json: AsJson = False,
) -> None:
    """Check texts against the safety rules; exit code 1 if one breaks a hard rule.

    Rules that need a reader are judged by the model of the role `judge`, if one is named, and count
    as broken otherwise. A skill that only reads like an unsafe one can be cleared, by whoever has
    read it.
    """
    from esc_skills.signatures.conduct import hard

    from ..setup.configure import configure
    from ..work.check import check as work
    from ..work.check import review_by, unread

    named = config or model or api_base
    experiment = configure(config, model=model, api_base=api_base) if named else None
    if clear or by:
        _clear(path, clear or [], by, conduct, experiment)
        conduct = conduct if conduct and conduct.exists() else None
    breaches = work(path, conduct, review_by(experiment) if experiment else unread)
    if as_json:
        typer.echo(json.dumps([breach.model_dump() for breach in breaches], ensure_ascii=False))
    else:
        for breach in breaches:
            typer.echo(f"{breach.severity}: {breach.sentence}")
        hards = len(hard(breaches))
        typer.echo(f"{path}: {hards} hard and {len(breaches) - hards} soft breaches of the rules.")
    if hard(breaches):
        raise typer.Exit(1)


def _clear(
    path: Path,
    names: list[str],
    by: str | None,
    conduct: Path | None,
    experiment: "Experiment | None",
) -> None:
    """Note who vouches for skills, and tell what the judge objects to."""
    from ..work.clear import clear, judge_of

    if not names or conduct is None or (by is None) is (experiment is None):
        raise UserError(
            "to clear a skill, give its name with --clear, the file to note it in with --conduct, "
            "and who has read it: a person with --by, or a model with --model."
        )
    judge, reader = None, by or ""
    if experiment is not None:
        judge, reader = judge_of(experiment), f"the model {experiment.role_models['judge'].model}"
    cleared, objections = clear(path, names, reader, conduct, judge)
    for one in cleared:
        typer.echo(f"cleared in {conduct}: skill {one.skill}, read by {one.by}")
    for objection in objections:
        typer.echo(f"not cleared: {objection.sentence}")


def redteam(
    texts: Annotated[
        list[Path] | None,
        typer.Option(help="JSON Lines of trials, or of people; packaged ones by default."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Try a supporter: a bank, an export, a run, or an endpoint's address."),
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Ask the role judge about what the rules let pass.")
    ] = False,
    people: Annotated[
        bool, typer.Option("--people", help="Play people at risk, many turns each, and rate it.")
    ] = False,
    seeker: Annotated[
        list[str] | None,
        typer.Option(help="Model that plays the people; give two to compare. For --people."),
    ] = None,
    bank: Annotated[Path | None, typer.Option(help="Bank of the supporter. For --people.")] = None,
    conduct: ConductFile = None,
    config: Config = None,
    model: Model = None,
    api_base: ApiBase = None,
    read_seeker: ReadSeeker = False,
    show: Annotated[bool, typer.Option("--show", help="Print what was judged wrongly.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try the safety rules on unsafe texts and on fine ones that look alike.

    Without a model by default. With --judge a model reads what the rules let pass. With --against a
    supporter is tried by the messages: danger must be answered with help in the first reply. With
    --people simulated people at risk talk with it, and a judge rates the dialogues.
    """
    from ..deploy.on_trial import try_supporter
    from ..files.conducts import conduct_of
    from ..setup.configure import configure
    from ..show.redteam import print_people, print_verdicts
    from ..work.redteam import by_firm_rules, judge_needed, try_judge
    from ..work.redteam import redteam as run

    if sum((against is not None, judge, people)) > 1:
        raise UserError("--against, --judge and --people are three ways to try; give one.")
    given = {"conduct": conduct, "read_seeker": read_seeker or None}
    if people:
        from ..work.people_at_risk import people_at_risk, people_files

        experiments = [
            configure(
                config,
                profiles=people_files(texts or ()),
                bank=bank,
                model=[*(model or ()), *([f"seeker={name}"] if name else [])],
                api_base=api_base,
                entries=given,
            )
            for name in seeker or [""]
        ]
        outcome = people_at_risk(experiments)
        if as_json:
            typer.echo(outcome.model_dump_json())
        else:
            print_people(Console(), outcome)
        return
    experiment = configure(config, model=model, api_base=api_base, entries=given)
    if against is not None:
        verdicts = try_supporter(against, experiment, texts or ())
    elif judge:
        verdicts = try_judge(experiment, texts or ())
    else:
        verdicts = run(texts or (), conduct)
    if as_json:
        typer.echo(verdicts.model_dump_json())
    else:
        print_verdicts(Console(), verdicts, show=show, answered=against is not None)
        if against is None and not judge:
            firm = by_firm_rules(conduct_of(conduct))
            typer.echo(judge_needed(run(texts or (), flags=firm).total))


def fuzz(
    kind: Annotated[
        list[str] | None, typer.Option(help="Kind of input, may be repeated; all by default.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Mutated inputs of each kind.")] = 200,
    bombs: Annotated[
        bool, typer.Option("--bombs", help="Also read small files that unfold to gigabytes.")
    ] = False,
    seed: Annotated[int, typer.Option(help="One seed gives the same inputs.")] = 0,
    keep: Annotated[Path | None, typer.Option(help="Folder for one example of each fault.")] = None,
) -> None:
    """Try every reader with mutated inputs; exit code 1 where one ends in no sentence.

    Each input must be accepted or refused in one sentence. Works offline.
    """
    from ..fuzz.bombs import BOMBS, explode
    from ..fuzz.fuzzing import fuzz as run
    from ..show.fuzzing import print_bombs, print_outcomes

    console = Console()
    outcomes = run(kind or (), count, seed, keep)
    print_outcomes(console, outcomes)
    exploded = [explode(name) for name in BOMBS] if bombs else []
    print_bombs(console, exploded)
    if any(outcome.faults for outcome in outcomes) or not all(b.harmless for b in exploded):
        raise typer.Exit(1)
