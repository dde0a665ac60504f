import io
import json
from pathlib import Path

import pytest
from command_line import config, esc, refused
from fakes import Endpoint, serve
from rich.console import Console

from esc_skills.experiments.files.profiles import SAMPLE_PROFILES
from esc_skills.experiments.files.run_directory import read_experiment
from esc_skills.experiments.files.transcripts import read_transcripts
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.setup.configure import configure
from esc_skills.experiments.setup.seekers import choose_seekers, split_of
from esc_skills.experiments.show.evaluation import print_evaluation
from esc_skills.experiments.tracking.records import evaluation_metrics
from esc_skills.experiments.work.evaluate import Evaluation, evaluate

ATTEMPTS = 3
"""How often a reply is asked for."""


def behave(number: int) -> tuple[int, str | None, float]:
    """Greets, says nothing in the first dialogue, fails in the second, and then plays along."""
    if number == 0:
        return 200, "Hello.", 0
    if number <= ATTEMPTS:
        return 200, "[[ ## reply ## ]]\n\n[[ ## completed ## ]]", 0
    return (400, "no such model", 0) if number == ATTEMPTS + 1 else (200, None, 0)


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    path: Path = tmp_path_factory.mktemp("evaluating") / "config.yaml"
    with serve(Endpoint(behave)) as api_base:
        path.write_text(
            f"{{threads: 1, models: {{supporter: {{model: openai/x, api_base: '{api_base}'}}}}}}"
        )
        return evaluate(
            load_experiment(path, {}),
            replicates=1,
            limit=4,
            turns=4,
        )


def test_a_dialogue_without_a_reply_counts_as_0_and_a_lost_one_not_at_all(evaluation: Evaluation):
    endings = [rollout.ending for rollout in evaluation.rollouts]
    assert (endings.count("no reply"), endings.count("invalid")) == (1, 1)
    summary = evaluation.summary
    assert (summary.rollouts, summary.silent, summary.invalid) == (3, 1, 1)
    played = [100 * rollout.score for rollout in evaluation.rollouts if rollout.valid]
    assert summary.score.mean == pytest.approx(sum(played) / 3)
    assert summary.curve[-1] == pytest.approx(summary.score.mean)
    figures = evaluation_metrics(evaluation)
    assert [figures[f"dialogues/{name}"] for name in ("counted", "no reply", "missing")] == [
        3, 1, 1,
    ]  # fmt: skip


def test_with_a_file_to_write_no_call_is_paid_twice(tmp_path: Path):
    def spent(replicates: int) -> int:
        found = evaluate(
            load_experiment(None, {"threads": 2}),
            replicates=replicates,
            limit=2,
            turns=3,
            out=tmp_path / "rehearsal-simulator.a.jsonl",
        )
        return found.spend.calls

    first = spent(1)
    calls = (tmp_path / "rehearsal-simulator.a.journal").read_text().count('"call":')
    assert calls == first
    spent(2)
    both = (tmp_path / "rehearsal-simulator.a.journal").read_text().splitlines()
    assert len({json.loads(line)["key"] for line in both}) == len(both)
    assert len(list(read_transcripts([tmp_path]))) == 4


def test_the_two_are_told_apart_with_what_came_instead(evaluation: Evaluation):
    printed = io.StringIO()
    print_evaluation(Console(file=printed, width=200), evaluation, show=False)
    shown = printed.getvalue()
    assert "In 1 of the 3 dialogues the supporter gave no reply, which counts as a final" in shown
    assert "1 more dialogues are missing data and not counted: Respond" in shown


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("finished")
    done = esc("evolve", "--config", config(directory), "--run", "run", cwd=directory)
    assert done.returncode == 0, done.stderr
    return directory


def test_a_bank_of_a_run_meets_the_seekers_of_its_sealed_test(finished: Path):
    run = finished / "run"
    split = split_of(read_experiment(run))
    for bank in (run, run / "bank.json", run / "banks" / "00.json"):
        chosen = choose_seekers(configure(bank=bank))
        assert (chosen.profiles, chosen.seen) == (split.test, ())
    done = esc("evaluate", "--bank", "run", "--turns", 2, cwd=finished)
    assert "played with the sealed test seekers of run." in done.stdout
    assert "Warning" not in done.stdout


def test_seekers_that_a_run_has_learnt_from_are_named_as_such(finished: Path):
    common = ("evaluate", "--bank", "run", "--turns", 2)
    everybody = esc(*common, "--split", "all", cwd=finished)
    assert "all seekers of run" in everybody.stdout
    assert "learnt from or decided on 12 of these seekers" in everybody.stdout
    given = esc(*common, "--profiles", SAMPLE_PROFILES, "--json", cwd=finished)
    assert len(json.loads(given.stdout)["seen"]) == 12


def test_a_part_of_a_run_needs_a_run(tmp_path: Path):
    refused(esc("evaluate", "--split", "test", cwd=tmp_path), "--bank must be a run directory")
