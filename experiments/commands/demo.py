"""What `demo` does: mine, evolve, test, track and export the packaged samples."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from ..deploy.export import export_run
from ..files.atomic_writes import write_whole
from ..files.journals import open_journal
from ..files.profiles import SAMPLE_CORPUS
from ..setup.config import load_experiment
from ..setup.models import open_models
from ..show.mining import render_report
from ..show.result import print_result
from ..work.mine import mine_corpora
from .evolution import run_evolution

DEMO = {
    "name": "demo",
    "threads": 2,
    "search.test_replicates": 7,
    "budget.calls": 30_000,
}
"""All else is a default."""


def run_demo(console: Console, directory: Path) -> None:
    """Mine the sample corpus, evolve on the sample seekers, export, and say what to do next."""
    console.print(
        "[bold]ESC-Skills demo[/], offline. The rehearsal model replaces real ones: it shows "
        "how the program works, not how people feel.\n"
    )
    mined = directory / "mined"
    mined.mkdir(parents=True, exist_ok=True)
    with open_models({}) as models:
        found = mine_corpora(
            [SAMPLE_CORPUS],
            models,
            threads=2,
            journal=open_journal(mined / "journal.jsonl"),
        )
    bank_file = mined / "bank.json"
    write_whole(bank_file, found.bank.model_dump_json(indent=1))
    write_whole(mined / "report.md", render_report(found))
    console.print(
        f"Mined {sum(found.read.values())} conversations: {found.units} Intervention Units, "
        f"{found.key_units} key, {len(found.bank.skills)} skills. They are the first bank: "
        f"{escape(str(bank_file))}\n"
    )
    experiment = load_experiment(None, {**DEMO, "bank": bank_file})
    run = directory / "evolved"
    result = run_evolution(console, experiment, run)
    print_result(console, result, run)
    exported = directory / "export"
    export_run(run, exported)
    shown = escape(str(exported))
    console.print(f"Exported to [bold]{shown}[/]. Talk with it: esc-skills chat {shown}")
