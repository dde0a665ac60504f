"""Commands about sets of seekers: profiles audit, profiles propose."""

import json

import typer
from rich.console import Console

from .options import AsJson, Profiles, Seed
from .sage import Simulator, Sources


def register(profiles: typer.Typer) -> None:
    """Add the commands to the app of profiles."""
    profiles.command("audit")(audit)


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
    from ..profile_audit import audit_sets, print_audits
    from ..transcripts import read_transcripts

    rows = read_transcripts(transcripts, simulator=simulator, profiles=profiles or ())
    audits = audit_sets(rows, seed or 0)
    if as_json:
        found = {name: each.model_dump(mode="json") for name, each in audits.items()}
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        print_audits(Console(), audits)
