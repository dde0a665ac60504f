"""A search as a user follows it: with progress on the console and runs in a tracker."""

from pathlib import Path

import typer
from rich.console import Console

from esc_skills.optimizers.events import Result, Watcher

from ..setup.config import Experiment
from ..show.progress import SearchProgress
from ..tracking.search import SearchTracking
from ..tracking.tracker import open_tracker
from ..work.evolve import evolve


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


def print_the_plan(
    experiment: Experiment, directory: Path, *, measured: bool, as_json: bool
) -> None:
    """Print what an experiment can show and what it takes.

    Args:
        experiment: What is to be run.
        directory: Where it will be.
        measured: Whether its first dialogue is played, and kept there.
        as_json: Whether to print JSON for scripts.
    """
    from ..show.plan import print_plan
    from ..work.forecast import measure
    from ..work.plan import plan_of

    plan = plan_of(experiment, measure(experiment, directory) if measured else None)
    if as_json:
        typer.echo(plan.model_dump_json())
    else:
        print_plan(Console(), plan)
