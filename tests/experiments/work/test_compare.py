import json
from pathlib import Path

import pytest
from command_line import config, esc

from esc_skills.experiments.work.compare import Comparison, RunSummary, compare
from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.signatures.rollouts import Spend


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("runs")
    for name in ("one", "two"):
        done = esc("evolve", "--config", config(directory), "--run", name, cwd=directory)
        assert done.returncode == 0, done.stderr
    return directory


def summary(name: str, simulator: str = "m") -> RunSummary:
    return RunSummary(
        name=name, simulator=simulator, gain=None, score=None, success=None, failure=None,
        accepted=0, tried=0, skills=0, spend=Spend(), stopped="",
    )  # fmt: skip


def test_the_direction_and_the_number_of_pairs_are_said_where_nothing_is_sure(runs: Path):
    found = compare(runs / "one", runs / "two")
    assert found.difference is not None
    assert (found.difference.mean, found.difference.n, found.seekers) == (0, 12, 12)
    said = esc("compare", "one", "two", cwd=runs).stdout
    assert "Neither run is significantly better (two minus one: +0.0 points" in said
    assert "12 paired dialogues with the 12 test seekers that both share" in said


def test_the_better_run_is_named():
    gap = Interval(mean=-9, low=-15, high=-3, n=30)
    found = Comparison(runs=(summary("one"), summary("two")), difference=gap, seekers=10)
    assert found.verdict.startswith("one is better (two minus one: -9.0 points")


def test_runs_with_other_simulators_are_not_compared():
    found = Comparison(
        runs=(summary("one"), summary("two", simulator="other")), difference=None, seekers=3
    )
    assert found.verdict == "The runs cannot be compared: one used the simulator m, two used other."


def test_scripts_get_the_whole_table(runs: Path):
    found = json.loads(esc("compare", "one", "two", "--json", cwd=runs).stdout)
    assert found["runs"][0]["name"] == "one"
    assert found["runs"][1]["score"]["n"] == 12
    assert "Neither" in found["verdict"]
