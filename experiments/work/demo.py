"""What `demo` and `evolve` do and print, from one experiment to its closing words."""

import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from esc_skills.optimizers.events import Observer, Result, Watcher
from esc_skills.programs.learning.miner import BankBuilder
from esc_skills.signatures.skills import Bank

from ..deploy.export import export_run
from ..files.atomic_writes import write_whole
from ..files.banks import read_bank
from ..files.journals import open_journal
from ..files.profiles import SAMPLE_CORPUS, SAMPLE_DRAFTS
from ..setup.config import Experiment, load_experiment
from ..setup.models import open_models
from ..show.progress import SearchProgress, spend_line, watch_line
from .evolve import evolve
from .mine import mine, render_report

DEMO = {
    "name": "demo",
    "threads": 2,
    "split": {"train": 1 / 3, "validation": 1 / 3, "test": 1 / 3},
    "search.generations": 12,
    "search.patience": 12,
    "search.rule.error_rate": 0.1,
    "search.policy_trials": 3,
    "search.test_replicates": 10,
    "budget.calls": 15_000,
}
"""The demo's dials: small enough for a minute on two cores, large enough to be sure of a gain."""


def run_demo(console: Console, directory: Path) -> None:
    """Mine the sample corpus, evolve on the sample seekers, export, and say what to do next."""
    console.print(
        "[bold]ESC-Skills demo[/], offline. The rehearsal model stands in for real ones: "
        "it shows the machinery, not psychology.\n"
    )
    mined = directory / "mined"
    mined.mkdir(parents=True, exist_ok=True)
    with open_models({}) as models:
        found = mine(
            [SAMPLE_CORPUS],
            models,
            threads=2,
            journal=open_journal(mined / "journal.jsonl"),
            builder=BankBuilder(max_skills=3, min_units=2),  # the sample corpus is small
        )
    drafts = read_bank(SAMPLE_DRAFTS)
    start = Bank(skills=(*drafts.skills, *found.bank.skills))
    bank_file = mined / "bank.json"
    write_whole(bank_file, start.model_dump_json(indent=1))
    write_whole(mined / "report.md", render_report(found))
    console.print(
        f"Mined {sum(found.read.values())} conversations: {found.units} Intervention Units, "
        f"{found.key_units} key, {len(found.bank.skills)} skills. With {len(drafts.skills)} drafts "
        f"that a well-meaning beginner wrote, they are the first bank: {bank_file}\n"
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
    """Evolve with progress on the console and, if asked for, runs in MLflow.

    Args:
        console: Where progress goes.
        experiment: What to run.
        directory: Where everything goes.
        surrogate: File of a surrogate appraiser that watches the sealed test.
    """
    observers: list[Observer] = []
    watchers: list[Watcher] = []
    if surrogate is not None:
        from .surrogate_alarm import SurrogateWatcher

        watchers.append(SurrogateWatcher(surrogate, experiment))
    tracker = None
    if experiment.tracking == "mlflow":
        from ..tracking.search import MlflowObserver
        from ..tracking.store import default_store

        uri = experiment.tracking_uri or default_store(directory.parent)
        tracker = MlflowObserver(experiment, directory, uri)
        observers.append(tracker)
    try:
        with SearchProgress(console, experiment) as progress:
            every = [progress, *observers]
            return evolve(experiment, directory, every, progress.on_rollout, watchers)
    except BaseException:
        if tracker:
            tracker.fail()
        raise


def print_result(console: Console, result: Result, directory: Path) -> None:
    """The closing table of a search."""
    accepted = [decision for decision in result.decisions if decision.accepted]
    unsafe = sum(decision.gate == "safety" for decision in result.decisions)
    console.print(
        f"\nStopped: {result.stopped}. {len(result.decisions)} edits tried, {len(accepted)} "
        f"accepted, {unsafe} refused as unsafe."
    )
    test = result.test
    if test is not None:
        table = Table(title="Sealed test: seekers that nothing was decided on")
        for column in ("bank", "skills", "score", "95% interval", "success", "failure"):
            table.add_column(column, justify="left" if column == "bank" else "right")
        for name, bank, summary in (
            ("first", result.first, test.before),
            ("final", result.final, test.after),
        ):
            score = summary.score
            table.add_row(
                name,
                str(len(bank.skills)),
                f"{score.mean:.1f}",
                f"{score.low:.1f} to {score.high:.1f}",
                f"{summary.success:.0%}",
                f"{summary.failure:.0%}",
            )
        console.print(table)
        if test.before.silent or test.after.silent:
            console.print(
                f"Without a reply, counted as 0: {test.before.silent} dialogues of the first bank, "
                f"{test.after.silent} of the final one."
            )
        gain = test.gain
        sure = "excludes 0" if gain.excludes_zero else "includes 0"
        console.print(
            f"[bold]Gain {gain.mean:+.1f} points[/], 95% interval {gain.low:+.1f} to "
            f"{gain.high:+.1f} ({sure}), {gain.n} paired dialogues."
        )
    if result.watch is not None:
        for alarm in result.watch.alarms:
            message = f"[bold red]Alarm[/] ({alarm.kind}): {escape(alarm.message)}."
            console.print(message, highlight=False)
        console.print(escape(watch_line(result.watch)), highlight=False)
    console.print(f"Spent {spend_line(result.spend)}.")
    console.print(
        f"Run directory: [bold]{directory}[/]. Picture book: esc-skills report {directory}"
    )
    console.print(f"Compare runs in MLflow: esc-skills ui --runs {directory.parent}")


def result_json(result: Result) -> str:
    """The headline of a result for scripts."""
    return json.dumps(
        {
            "stopped": result.stopped,
            "accepted": [d.summary for d in result.decisions if d.accepted],
            "gain": result.test and result.test.gain.model_dump(),
            "alarms": [a.model_dump() for a in result.watch.alarms] if result.watch else [],
            "spend": result.spend.model_dump(),
        }
    )
