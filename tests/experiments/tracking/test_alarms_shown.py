import io
from pathlib import Path

import pytest
from rich.console import Console

from esc_skills.experiments.files.run_directory import RunDirectory
from esc_skills.experiments.setup.config import Experiment, load_experiment
from esc_skills.experiments.show.progress import SearchProgress
from esc_skills.experiments.show.report import write_report
from esc_skills.experiments.show.result import print_result, result_json
from esc_skills.experiments.tracking.mlflow_tracker import MlflowTracker, default_store
from esc_skills.experiments.tracking.search import SearchTracking
from esc_skills.experiments.work.evolve import evolve
from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.optimizers.events import Alarm, Result, Watch
from esc_skills.programs.support.support_agent import SupportAgent

SEEN = Interval(low=-20, mean=-15, high=-10, n=8)
ALARM = Alarm(kind="divergence", message="SAGE rose [but] the judge fell", measured=SEEN)
WATCH = Watch(judge="checklist", judged=SEEN, length=None, spread=None, alarms=(ALARM,))
Run = tuple[Experiment, Path, Result]


@pytest.fixture(scope="module")
def alarmed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    settings = {"optimizer": "none", "threads": 2, "search.test_replicates": 1}
    experiment = load_experiment(None, settings)
    directory = tmp_path_factory.mktemp("runs") / "run"
    result = evolve(experiment, directory).model_copy(update={"watch": WATCH})
    RunDirectory(directory, experiment.identity).save(result, SupportAgent())
    return experiment, directory, result


def shown() -> Console:
    return Console(file=io.StringIO(), width=100, no_color=True)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_an_alarm_is_printed_when_it_rings_and_at_the_end(alarmed: Run):
    experiment, directory, result = alarmed
    live, closing = shown(), shown()
    SearchProgress(live, experiment)(ALARM)
    print_result(closing, result, directory)
    assert "alarm (divergence): SAGE rose [but] the judge fell" in printed(live)
    assert "Alarm (divergence): SAGE rose [but] the judge fell." in printed(closing)
    assert "the judge checklist sees -15.0 points (-20.0 to -10.0)" in printed(closing)
    assert '"kind": "divergence"' in result_json(result, directory)


def test_an_alarm_stands_at_the_head_of_the_report(alarmed: Run):
    _, directory, _ = alarmed
    write_report(directory, directory / "report.html")
    assert "Alarm (divergence): SAGE rose" in (directory / "report.html").read_text()


def test_an_alarm_is_a_tag_of_the_mlflow_run(alarmed: Run):
    import mlflow

    experiment, directory, result = alarmed
    SearchTracking(experiment, directory, MlflowTracker(directory.parent))(result)
    (run,) = mlflow.MlflowClient(default_store(directory.parent)).search_runs(["1"])
    assert run.data.tags["alarms"] == f"divergence: {ALARM.message}"
