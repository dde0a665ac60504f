"""Scores say how much was played at once, since some servers answer differently under load."""

import json
import logging
from pathlib import Path

import pytest
from fakes import Endpoint, serve

from esc_skills.experiments.files.run_directory import RunDirectory, concurrencies_of
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.show.report import write_report
from esc_skills.experiments.work.compare import Comparison, RunSummary
from esc_skills.experiments.work.evaluate import evaluate
from esc_skills.experiments.work.evolve import evolve
from esc_skills.optimizers.events import Measured
from esc_skills.programs.models.failures import Outage
from esc_skills.signatures.rollouts import Spend

TINY = {
    "search.generations": 1, "search.train_rollouts": 2, "search.policy_trials": 0,
    "search.test_replicates": 1, "search.rule.max_pairs": 4, "search.watch": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"threads": 8}, "8 threads"),
        ({"threads": 32, "engine": "ray", "workers": 4}, "32 threads on ray in 4 workers"),
        ({"threads": 256, "engine": "ray://head:10001"}, "256 threads on ray"),
    ],
)
def test_concurrency_is_threads_and_workers(entries: dict[str, object], words: str):
    assert load_experiment(None, entries).concurrency == words


def test_a_run_that_goes_on_under_another_load_says_so_wherever_its_scores_stand(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    run = tmp_path / "run"
    with serve(Endpoint(lambda number: (200, None, 0))) as address:
        entries = {**TINY, "model.model": "openai/fake", "model.timeout": 5,
                   "model.structured": False, "model.endpoints": [{"url": address}]}  # fmt: skip

        def cut_off(event: object) -> None:
            if isinstance(event, Measured):
                raise Outage("cut off")

        with pytest.raises(Outage):
            evolve(load_experiment(None, {**entries, "threads": 2}), run, [cut_off])
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            evolve(load_experiment(None, {**entries, "threads": 4}), run)
        evolve(load_experiment(None, {**entries, "threads": 8}), run)  # plays nothing any more
    assert concurrencies_of(run) == ("2 threads", "4 threads")
    assert "this run are measured at 2 threads and 4 threads." in caplog.text
    write_report(run, tmp_path / "report.html")
    told = " ".join((tmp_path / "report.html").read_text().split())
    assert "measured at 2 threads and 4 threads" in told


def test_a_run_of_before_does_not_know_its_concurrency(tmp_path: Path):
    RunDirectory(tmp_path / "run", {"seed": 0}, "2 threads")
    marker = tmp_path / "run" / "run.json"
    told = json.loads(marker.read_text())
    del told["concurrency"]
    marker.write_text(json.dumps(told))
    assert concurrencies_of(tmp_path / "run") == ()


def summary(name: str, concurrency: str) -> RunSummary:
    return RunSummary(
        name=name, simulator="openai/x", concurrency=concurrency, gain=None, score=None,
        success=None, failure=None, accepted=0, tried=0, skills=0, spend=Spend(), stopped="",
    )  # fmt: skip


def test_runs_under_different_loads_are_compared_with_a_caution():
    one, two = summary("one", "8 threads"), summary("two", "32 threads")
    found = Comparison(runs=(one, two), difference=None, seekers=0)
    assert found.caution is not None
    assert "(one: 8 threads; two: 32 threads)" in found.caution
    for other in (one, summary("two", "")):
        assert Comparison(runs=(one, other), difference=None, seekers=0).caution is None


def test_an_evaluation_says_at_which_concurrency_it_was_measured():
    found = evaluate(load_experiment(None, {"threads": 3}), limit=1, turns=2)
    assert found.concurrency == "3 threads"
