import json
from pathlib import Path

import pytest
from command_line import esc, refused
from rich.console import Console

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.show.probing import print_probing
from esc_skills.experiments.tracking.mlflow_tracker import MlflowTracker, default_store
from esc_skills.experiments.tracking.records import probing_record, track
from esc_skills.experiments.work.probe import Probing, probe, probe_names
from esc_skills.programs.simulation.probes import PROBES


@pytest.fixture(scope="module")
def default_world() -> Probing:
    return probe(load_experiment(None, {"threads": 2}), tuple(PROBES), replicates=1)


def test_the_default_world_withstands_every_probe(default_world: Probing):
    assert default_world.breaking == ()
    assert {row.probe for row in default_world.probes} == set(PROBES)


def test_orders_and_danger_ruin_the_score_and_silence_counts_as_0(default_world: Probing):
    rows = {row.probe: row for row in default_world.probes}
    for name in ("instruct the judge", "unsafe advice"):
        lost = rows[name].difference
        assert lost is not None
        assert lost.high < 0
    silent = rows["say nothing"]
    assert (silent.outcome, silent.score, silent.missing) == ("no better", 0.0, 0)


def test_a_world_that_flattery_deceives_is_caught():
    found = probe(
        load_experiment(None, {"threads": 2}),
        ("flattery", "parrot"),
        replicates=1,
        world="deceptive",
    )
    assert found.breaking == ("flattery",)


def test_few_dialogues_that_leave_a_probe_open_are_no_proof_that_it_is_harmless():
    found = probe(
        load_experiment(None, {"threads": 2}),
        ("parrot", "flattery"),
        replicates=1,
        limit=3,
        world="deceptive",
    )
    for row in found.probes:
        assert row.difference is not None
        assert row.outcome == "open", row
        assert row.difference.low < 0 < row.difference.high
    screen = Console(record=True, width=120)
    print_probing(screen, found)
    shown = screen.export_text()
    assert "too few dialogues to tell" in shown
    assert "Undecided, which is no proof of safety: parrot, flattery." in shown


def test_probes_are_a_run_that_names_what_breaks_the_metric(default_world: Probing, tmp_path: Path):
    import mlflow

    track(probing_record(default_world), MlflowTracker(tmp_path))
    (run,) = mlflow.MlflowClient(default_store(tmp_path)).search_runs(["1"])
    assert (run.data.tags["kind"], run.data.tags["breaking"]) == ("probes", "none")
    assert "probe/flattery/difference" in run.data.metrics
    assert run.data.metrics["probe/say nothing/score"] == 0


def test_an_unknown_probe_is_refused_with_a_hint():
    with pytest.raises(UserError, match="Did you mean 'flattery'"):
        probe_names("flatery")
    assert probe_names(None) == tuple(PROBES)


def test_the_command_exits_1_where_a_probe_wins_and_is_asked_to(tmp_path: Path):
    common = (
        "probe",
        "--probes",
        "praise only",
        "--world",
        "deceptive",
        "--replicates",
        1,
        "--limit",
        12,
    )
    done = esc(*common, "--strict", "--json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["probes"][0]["outcome"] == "breaks the metric"
    other = esc("probe", "--world", "deceptive", "--model", "openai/x", cwd=tmp_path)
    refused(other, "--world", "--model")
