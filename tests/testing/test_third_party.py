"""Plug-ins as other people write them: one file each outside of the package, run by the CLI."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import COMMAND

PLUGINS = Path(__file__).parents[2] / "examples" / "plugins"
KINDS = ("judge", "optimizer", "reader", "tracker", "work", "world")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of somebody else, with a plug-in of each kind."""
    directory = tmp_path_factory.mktemp("elsewhere")
    return Path(shutil.copytree(PLUGINS, directory / "plugins"))


def run(command: list[str], place: Path) -> str:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_a_plugin_is_one_short_file():
    lines = [len((PLUGINS / f"own_{kind}.py").read_text().splitlines()) for kind in KINDS]
    assert max(lines) <= 40


def test_evaluate_asks_a_judge_of_somebody_else(place: Path):
    command = [*COMMAND, "evaluate", "--judges", "own_judge:Warmth", "--limit", "3", "--turns", "3"]
    (judge,) = json.loads(run([*command, "--json"], place))["judges"]
    assert (judge["judge"], judge["judged"], judge["failed"]) == ("warmth", 3, 0)


def test_evolve_searches_with_an_optimizer_of_somebody_else(place: Path):
    command = [*COMMAND, "evolve", "--optimizer", "own_optimizer:OneSkill", "--tracking", "none"]
    assert json.loads(run([*command, "--json"], place))["stopped"] == "one skill was added"


def test_mine_reads_a_corpus_of_somebody_else(place: Path):
    command = [*COMMAND, "mine", "talks.csv", "--reader", "own_reader:CsvReader", "--json"]
    assert json.loads(run(command, place))["read"] == {"talks.csv": 3}


def test_optimizers_compete_in_a_world_of_somebody_else(place: Path):
    options = ["--optimizer", "none", "--budget", "1000", "--seeds", "1", "--processes", "1"]
    command = [*COMMAND, "bench", "optimizers", "--world", "own_world:Stubborn", *options]
    *_, row = json.loads(run([*command, "--tracking", "none", "--json"], place))
    assert (row["world"], row["optimizer"]) == ("own_world:Stubborn", "none")


def test_evolve_logs_to_a_tracker_of_somebody_else(place: Path):
    settings = {"optimizer": "none", "tracking": "own_tracker:JsonLines", "name": "logged"}
    (place / "config.yaml").write_text(json.dumps({**settings, "search": {"test_replicates": 1}}))
    run([*COMMAND, "evolve", "--config", "config.yaml"], place)
    lines = [json.loads(line) for line in (place / "runs/log.jsonl").read_text().splitlines()]
    assert lines[0]["tags"]["kind"] == "experiment"
    assert {"document", "text", "dataset", "metrics", "trace"} <= {line["what"] for line in lines}
    assert lines[-1]["what"] == "close"
    assert not (place / "runs" / "mlflow.db").exists()


@pytest.mark.slow
def test_the_contract_suites_pass_for_plugins_of_somebody_else(place: Path):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_plugins.py"]
    assert " passed" in run(command, place)
