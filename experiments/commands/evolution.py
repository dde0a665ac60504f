"""A search as a user follows it: with progress on the console and runs in a tracker."""

from pathlib import Path

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
