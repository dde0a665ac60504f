"""Commands about sets of seekers: profiles audit, profiles propose."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .options import ApiBase, AsJson, BankFile, Model, Profiles, Seed, Threads, shared_overrides
from .sage import Simulator, Sources, read


def register(profiles: typer.Typer) -> None:
    """Add the commands to the app of profiles."""
    profiles.command("audit")(audit)
    profiles.command("propose")(propose)


def audit(
    transcripts: Sources,
    simulator: Simulator = None,
    profiles: Profiles = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Say how well a set of seekers tells supporters apart, how stably it ranks, and who is mute.

    Needs dialogues of several supporters with the same seekers: transcripts, or run directories,
    whose banks count as supporters.
    """
    from ..work.audit_profiles import audit_sets, print_audits

    audits = audit_sets(read(transcripts, simulator, profiles), seed or 0)
    if as_json:
        found = {name: each.model_dump(mode="json") for name, each in audits.items()}
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        print_audits(Console(), audits)


def propose(
    to: Annotated[Path, typer.Option(help="File for the new seekers, JSONL.")],
    bank: BankFile = None,
    profiles: Profiles = None,
    count: Annotated[int, typer.Option(min=1, help="New seekers wanted.")] = 4,
    replicates: Annotated[int, typer.Option(min=2, help="Dialogues with each seeker.")] = 4,
    model: Model = None,
    api_base: ApiBase = None,
    seed: Seed = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Write new seekers with whom this bank sometimes fails and sometimes succeeds.

    A model invents them like the present ones of that kind. Copies, sure failures and successes,
    and seekers whose dialogues contradict their persona are refused and listed with the reason.
    """
    from rich.progress import Progress

    from esc_skills.programs.support.support_agent import SupportAgent

    from ..files.atomic_writes import require_writable, write_whole
    from ..files.profiles import SAMPLE_PROFILES, read_profiles
    from ..setup.config import load_experiment
    from ..work.evolve import first_bank
    from ..work.judge import judging_runner
    from ..work.propose_profiles import ATTEMPTS, print_proposals, propose_profiles

    require_writable(to)
    shared = shared_overrides(model=model, api_base=api_base, seed=seed, threads=threads)
    overrides = {**shared, "bank": bank}
    experiment = load_experiment(None, overrides)
    present = read_profiles(profiles or [SAMPLE_PROFILES])
    agent = SupportAgent(first_bank(experiment))
    console = Console(stderr=as_json)
    with (
        judging_runner(experiment, to.with_suffix(".journal.jsonl")) as runner,
        Progress(console=console, transient=True) as bar,
    ):
        task = bar.add_task("drafts", total=ATTEMPTS * count)
        found = propose_profiles(
            runner,
            agent,
            present,
            count=count,
            replicates=replicates,
            on_draft=lambda: bar.advance(task),
        )
    write_whole(to, "".join(profile.model_dump_json() + "\n" for profile in found.taken))
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_proposals(console, found)
        console.print(f"Wrote {to}", markup=False)
