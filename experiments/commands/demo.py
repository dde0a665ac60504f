"""What `demo` and `evolve` do and print, from one experiment to its closing words."""

from pathlib import Path

from rich.console import Console

from esc_skills.optimizers.events import Result, Watcher

from ..deploy.export import export_run
from ..files.atomic_writes import write_whole
from ..files.journals import open_journal
from ..files.profiles import SAMPLE_CORPUS
from ..setup.config import Experiment, load_experiment
from ..setup.models import open_models
from ..show.mining import render_report
from ..show.progress import SearchProgress
from ..show.result import print_result
from ..tracking.search import SearchTracking
from ..tracking.tracker import open_tracker
from ..work.evolve import evolve
from ..work.mine import mine_corpora

DEMO = {
    "name": "demo",
    "threads": 2,
    "split": {"train": 1 / 4, "validation": 1 / 4, "test": 1 / 2},
    "search.test_replicates": 7,
    "budget.calls": 30_000,
}
"""All else is a default. Half of the seekers test: more seekers narrow the interval most."""


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
        f"{bank_file}\n"
    )
    experiment = load_experiment(None, {**DEMO, "bank": bank_file})
    run = directory / "evolved"
    result = run_evolution(console, experiment, run)
    print_result(console, result, run)
    exported = directory / "export"
    export_run(run, exported)
    console.print(f"Exported to [bold]{exported}[/]. Talk with it: esc-skills chat {exported}")


def run_evolution(
    console: Console, experiment: Experiment, directory: Path, surrogate: Path | None = None
) -> Result:
    """Evolve with progress on the console and runs in the tracker of the experiment.

    Args:
        console: Where progress goes.
        experiment: What to run.
        directory: Where everything goes.
        surrogate: File of a surrogate appraiser that watches the sealed test.

    Raises:
        PluginError: The tracker does not exist or cannot be used.
    """
    tracker = open_tracker(experiment.tracking, directory.parent, experiment.tracking_uri)
    tracking = SearchTracking(experiment, directory, tracker)
    watchers: list[Watcher] = []
    if surrogate is not None:
        from ..work.surrogate_alarm import SurrogateWatcher

        watchers.append(SurrogateWatcher(surrogate, experiment))
    try:
        with SearchProgress(console, experiment) as progress:
            observers = (progress, tracking)
            return evolve(experiment, directory, observers, progress.on_rollout, watchers)
    except BaseException as cause:
        tracking.fail(cause)
        raise
