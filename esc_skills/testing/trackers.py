"""What every tracker must do."""

from collections.abc import Callable
from math import inf, nan
from pathlib import Path
from typing import ClassVar

import pytest
from plotly.graph_objects import Figure

from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.tracking.search import SearchTracking
from esc_skills.experiments.tracking.tracker import Status, TrackedRun, Tracker
from esc_skills.experiments.work.evolve import evolve

AWKWARD = '50% (it\'s), "so": 好/\\ '


class TrackerContract:
    """A tracker takes everything that commands log, and writes nothing before its first run.

    Attributes:
        plugin: The class of the tracker.
    """

    plugin: ClassVar[Callable[[Path, str | None], Tracker]]

    @pytest.fixture
    def tracker(self, tmp_path: Path) -> Tracker:
        """A tracker whose runs go into an empty directory."""
        return type(self).plugin(tmp_path, None)

    @pytest.fixture
    def run(self, tracker: Tracker) -> TrackedRun:
        """A run that is open."""
        return tracker.open_run("run", {"kind": "contract"})

    def test_nothing_is_written_before_the_first_run(self, tmp_path: Path) -> None:
        """A command that is refused leaves nothing behind, not even the directory."""
        type(self).plugin(tmp_path / "runs", None)
        assert not (tmp_path / "runs").exists()

    def test_the_directory_of_the_runs_need_not_exist(self, tmp_path: Path) -> None:
        """The first command of a user makes it."""
        type(self).plugin(tmp_path / "new" / "runs", None).open_run("run", {}).close()

    def test_a_run_takes_all_that_there_is(self, run: TrackedRun) -> None:
        """Numbers, tags, files, pictures, data and dialogues."""
        run.metrics({"gain/estimate": 1.5, "count": 3})
        run.metrics({"gain/estimate": 2.5}, 1200)
        run.metrics({})
        run.tags({"stopped": "the budget is used up"})
        run.rename("run: +2.5 points")
        run.document("config.json", {"seed": 0, "files": ["a", None]})
        run.text("banks/00.md", "# A bank")
        run.table("decisions.json", {"number": [1, 2], "gain": [None, 0.5], "edit": ["a", "b"]})
        run.figure("figures/progress.html", Figure)
        run.dataset("train", ["seeker-1", "seeker-2"], "packaged samples")
        run.trace("dialogue 1", "I lost my job.", "Oh no.", {"emotion": 40}, bank="final bank")
        run.close()

    def test_children_take_the_same(self, run: TrackedRun) -> None:
        """Also children of children."""
        child = run.child("01 add a skill", {"kind": "challenge"}, {"edit": "add"}, note="dropped")
        child.metrics({"accepted": 0})
        child.child("replay", {}).close()
        child.close()
        run.close()

    def test_any_name_number_and_length_is_taken(self, tracker: Tracker) -> None:
        """What the tracker cannot store, it changes or leaves out."""
        run = tracker.open_run(AWKWARD, {AWKWARD: AWKWARD * 1000}, {AWKWARD: None})
        run.metrics({AWKWARD: 1.0, "infinite": -inf, "no number": nan})
        run.tags({AWKWARD: ""})
        run.child(AWKWARD, {AWKWARD: AWKWARD}).close()
        run.close()

    def test_a_run_may_replace_those_before(self, tracker: Tracker) -> None:
        """A resumed search is logged again from its beginning."""
        for _ in range(2):
            run = tracker.open_run("run", {"place": AWKWARD}, replaces="place")
            run.child("child", {}).close()
            run.close()

    @pytest.mark.parametrize("status", ["finished", "failed", "killed"])
    def test_a_run_ends_in_each_way_and_may_end_twice(
        self, run: TrackedRun, status: Status
    ) -> None:
        """An error after the end makes a finished run a failed one."""
        run.close()
        run.close(status)

    def test_it_follows_a_whole_search(self, tracker: Tracker, tmp_path: Path) -> None:
        """And the search comes out as without it."""
        settings = {"optimizer": "none", "threads": 2, "search.test_replicates": 1}
        experiment = load_experiment(None, settings)
        tracking = SearchTracking(experiment, tmp_path / "followed", tracker)
        followed = evolve(experiment, tmp_path / "followed", [tracking])
        alone = evolve(experiment, tmp_path / "alone")
        assert followed.banks == alone.banks
        assert followed.test is not None
        assert alone.test is not None
        assert followed.test.gain == alone.test.gain
