import json
import math
import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from command_line import esc
from mlflow import MlflowClient
from rich.console import Console

from esc_skills.experiments.bench import rehearsal_worlds
from esc_skills.experiments.bench.ablations import ABLATIONS, ablation
from esc_skills.experiments.bench.match import Entry, Score, Step, compete
from esc_skills.experiments.bench.rehearsal_worlds import RehearsalWorld
from esc_skills.experiments.bench.results import keep, markdown, read_tournament, with_table
from esc_skills.experiments.bench.summary import Middle, middle, summarize_scores
from esc_skills.experiments.bench.tables import render
from esc_skills.experiments.bench.tournament import Plan, plan_of, run_tournament
from esc_skills.experiments.bench.worlds import WORLDS
from esc_skills.experiments.errors import UserError
from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.registry import PluginError
from esc_skills.programs.work import Processes

SMALL = Plan(optimizers=("none",), worlds=("few-needs",), budgets=(1_000,), seeds=1)
ONE = partial(Processes, 1)


class Plugged(RehearsalWorld):
    """A world of somebody else."""


class Broken(RehearsalWorld):
    """A world that counts who tries to enter it, and lets nobody."""

    def engine(self) -> object:
        tempfile.mkstemp(dir=os.environ["VISITORS"])
        raise RuntimeError("closed")


def score(optimizer: str, seed: int, gain: float, calls: int = 100) -> Score:
    step = Step(calls=calls, rollouts=4, score=20 + gain, gain=gain)
    return Score(
        entry=Entry.model_validate(
            {"world": "default", "optimizer": optimizer, "calls": 1000, "seed": seed}
        ),
        first=20, final=20 + gain, attainable=60, steps=(step,), calls=1000, rollouts=40,
        seconds=1, reported=None, population_gain=gain - 3, groups_worse=0, groups=8,
    )  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def few_simulations() -> Iterator[None]:
    """Truths from fewer dialogues and people than a tournament's: nothing here is that close."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsal_worlds, "DIALOGUES", 12)
        patch.setattr(rehearsal_worlds, "OTHERS", 1)
        yield


@pytest.mark.parametrize("name", [name for name in WORLDS if not name.startswith("nothing")])
def test_in_every_world_there_is_something_to_attain(name: str):
    world = WORLDS[name]()
    some = world.profiles()[:3]
    first, best = (
        sum(world.truth(bank, profile) for profile in some) / len(some)
        for bank in (world.first_bank(), world.best_bank())
    )
    assert best > first + 5


def test_a_world_may_be_brought_along_and_an_unknown_one_is_named():
    assert isinstance(WORLDS[f"{__name__}:Plugged"](), Plugged)
    with pytest.raises(PluginError, match=r"there is no world 'zzzzzz'\. Choose from: default"):
        WORLDS["zzzzzz"]()
    with pytest.raises(PluginError, match="has no 'Nobody'"):
        WORLDS[f"{__name__}:Nobody"]()


def test_finished_contests_are_not_played_again(tmp_path: Path):
    seen: list[Score] = []
    results = tmp_path / "results.jsonl"
    first = run_tournament(SMALL, results, ONE, seen.append)
    size = results.stat().st_size
    assert run_tournament(SMALL, results, ONE, seen.append) == first == seen[:1] == seen[1:]
    assert results.stat().st_size == size
    assert first[0].gain == 0


def test_a_contest_that_breaks_ends_the_tournament_and_no_further_one_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("VISITORS", str(tmp_path))
    plan = SMALL.model_copy(update={"worlds": (f"{__name__}:Broken",), "seeds": 12})
    with pytest.raises(RuntimeError, match="closed"):
        run_tournament(plan, tmp_path / "results.jsonl", ONE)
    visits = [path for path in tmp_path.iterdir() if path.name != "results.jsonl"]
    assert 1 <= len(visits) < 6


def test_a_damaged_file_of_results_is_refused_in_one_sentence(tmp_path: Path):
    (tmp_path / "results.jsonl").write_text('{"key": 1\n{"key": 2}\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"results\.jsonl"):
        run_tournament(SMALL, tmp_path / "results.jsonl", ONE)


def test_a_bad_plan_is_refused_in_one_sentence():
    with pytest.raises(PluginError, match="there is no optimizer 'hillclimb'"):
        plan_of(None, ["hillclimb"], None, 2, quick=False)
    with pytest.raises(UserError, match="the contest cannot be held"):
        plan_of(None, None, [0], 2, quick=False)


def test_standings_pair_by_seed_and_count_what_was_accepted_in_vain():
    ours = [score("evolution", seed, 20 + seed) for seed in range(4)]
    theirs = [score("gepa", seed, 10 + seed) for seed in range(3)]
    harmful = [score("gepa", 3, -5)]
    first, second = summarize_scores([*theirs, *ours, *harmful])
    assert (first.optimizer, first.lead, first.harmful) == ("evolution", None, 0)
    assert second.lead is not None
    assert second.lead.mean == pytest.approx((3 * 10 + 28) / 4)
    assert (second.harmful, second.accepted) == (1, 4)
    assert first.half.calls == Middle(low=0, median=100, high=None)
    assert (second.half.reached, second.half.calls.median) == (0, None)


def test_a_second_judge_brings_ours_once_more_and_nobody_else():
    who = ["evolution", "gepa"]
    plan = plan_of(["deceptive"], who, [1_000], 2, quick=False, second_judge="checklist")
    names = [entry.name for entry in plan.entries if not entry.seed]
    assert names == ["evolution", "evolution, second judge", "gepa"]
    assert "--second-judge checklist" in plan.command
    with pytest.raises(PluginError, match="'preference' cannot watch over a search"):
        plan_of(["deceptive"], who, [1_000], 2, quick=False, second_judge="preference")


def test_what_is_as_usual_is_no_part_of_what_a_contest_is_known_by():
    entry = Entry(world="default", optimizer="gepa", calls=1_000, seed=0)
    assert entry.model_dump(exclude_defaults=True).keys() == {"world", "optimizer", "calls", "seed"}


def test_alarms_are_counted_among_the_runs_that_were_watched():
    rang = score("evolution", 0, 20).model_copy(update={"alarms": ("divergence", "length")})
    silent = score("evolution", 1, 20).model_copy(update={"alarms": ()})
    (row,) = summarize_scores([rang, silent, score("evolution", 2, 20)])
    assert (row.alarming, row.watched) == (1, 2)


def test_a_share_counts_as_reached_only_when_it_is_kept():
    lost = score("gepa", 0, 30)
    worse = Step(calls=200, rollouts=8, score=25, gain=-25)
    assert lost.reach(0.5) == lost.steps[0]
    assert lost.model_copy(update={"steps": (*lost.steps, worse)}).reach(0.5) is None


def test_a_median_has_an_interval_of_order_statistics_and_says_what_was_never_reached():
    assert middle([*range(1, 11)]) == Middle(low=2, median=5.5, high=9)
    never = [math.inf] * 3
    assert middle([10, 20, 30, 40, 50, 60, 70, *never]) == Middle(low=20, median=55, high=None)
    assert middle([1, 2, 3]) == Middle(low=0, median=2, high=None)  # three say little


def test_a_report_covers_the_truth_about_all_seekers_or_only_about_those_of_the_test():
    reported = score("evolution", 0, 20).model_copy(
        update={"reported": Interval(low=18, mean=20, high=22, n=8)}
    )
    (row,) = summarize_scores([reported, score("evolution", 1, 20)])
    assert (row.covered, row.covered_test, row.reports) == (0, 1, 1)


def test_the_command_prints_standings_for_scripts(tmp_path: Path):
    done = esc(
        "bench", "optimizers", "--world", "few-needs", "--optimizer", "none",
        "--budget", 1000, "--seeds", 1, "--results", "r.jsonl", "--html", "c.html",
        "--keep", "kept.json", "--json",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = {row["optimizer"]: row for row in json.loads(done.stdout)}
    assert set(rows) == {"none", "no bank"}
    row = rows["none"]
    assert (row["optimizer"], row["seeds"], row["gain"]["mean"]) == ("none", 1, 0.0)
    assert "True gain" in (tmp_path / "c.html").read_text()
    runs = MlflowClient(f"sqlite:///{tmp_path}/runs/mlflow.db").search_runs(["1"])
    kinds = {run.data.tags["kind"]: run.data for run in runs}
    assert kinds["contest"].params == {
        "method": "none", "world": "few-needs", "seed": "0", "budget": "1000"
    }  # fmt: skip
    assert kinds["contest"].metrics["gain/true"] == 0
    assert kinds["tournament"].metrics["few-needs/1000/none"] == 0
    assert kinds["tournament"].metrics["few-needs/1000/no bank"] != 0  # the drafts' own harm
    printed = esc("bench", "table", "kept.json", cwd=tmp_path)
    assert "| none | +0 [-100, +100] | never |" in printed.stdout
    assert f"Rerun: `{SMALL.command}`" in printed.stdout
    refused = esc("bench", "optimizers", "--world", "zzzzzz", cwd=tmp_path)
    assert refused.returncode == 2
    assert "there is no world 'zzzzzz'" in refused.stderr


FIELD = [
    score(name, seed, gain + seed, 100 + seed)
    for name, gain in (("evolution", 30), ("skillopt-rule", 10))
    for seed in range(10)
]


def test_tables_fit_a_terminal_of_a_hundred_columns():
    console = Console(width=100)
    with console.capture() as captured:
        for table in render(summarize_scores(FIELD)):
            console.print(table)
    lines = captured.get().splitlines()
    assert sum("evolution" in line for line in lines) == 2
    assert any("+34 [+32, +37]" in line and "0+0/10" in line for line in lines)
    assert all("│               │" not in line for line in lines)  # no cell is wrapped


def test_what_is_kept_can_be_read_again_and_stands_in_the_document(tmp_path: Path):
    path = tmp_path / "kept.json"
    plan = Plan(optimizers=("evolution", "skillopt-rule"), budgets=(1_000,))
    keep(plan, FIELD, path)
    found = read_tournament(path)
    assert list(found.scores) == FIELD
    table = markdown(found)
    assert "| skillopt-rule | +14 [+12, +17] |" in table
    assert "| skillopt-rule | +20 [+20, +20] |" in table  # the lead, paired by seed
    assert plan.command in table
    text = "# Title\n<!-- kept: begin -->\nold\n<!-- kept: end -->\nrest"
    expected = f"# Title\n<!-- kept: begin -->\n{table}\n<!-- kept: end -->\nrest"
    assert with_table(text, "kept", table) == expected
    with pytest.raises(UserError, match="must hold the lines <!-- other: begin -->"):
        with_table(text, "other", table)
    path.write_text(path.read_text().replace('"version": ', '"version": 9'))
    with pytest.raises(UserError, match="Run its command again: esc-skills bench optimizers"):
        read_tournament(path)
    with pytest.raises(UserError, match="there must be a tournament"):
        read_tournament(tmp_path / "none.json")


@pytest.mark.parametrize("name", ABLATIONS)
def test_an_ablation_switches_something_off_and_nothing_else(name: str):
    usual = EvolutionSettings()
    changed = ablation(name)
    settings = changed.applied_to(usual)
    whole = ablation("")
    assert whole.applied_to(usual) == usual
    differs = [
        settings != usual,
        changed.strategy != whole.strategy,
        changed.noise != whole.noise,
    ]
    assert sum(differs) == 1
    assert settings.rule.error_rate == usual.rule.error_rate


def test_an_ablation_tournament_pits_ours_against_ours_without():
    plan = plan_of(["few-needs"], None, [1_000], 1, quick=False, ablate=True)
    names = {entry.name for entry in plan.entries}
    assert names == {"evolution", *(f"without {name}" for name in ABLATIONS)}
    with pytest.raises(UserError, match="exclude each other"):
        plan_of(None, ["gepa"], None, 1, quick=False, ablate=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["turn trials", "shared noise", "outlook"])
def test_a_search_without_an_ingredient_still_runs_within_its_budget(name: str):
    entry = Entry(world="few-needs", optimizer="evolution", calls=1_500, seed=0, missing=name)
    found = compete(entry)
    assert found.entry.name == f"without {name}"
    assert 0 < found.calls <= 1_500 + 2 * 8 * 4 * 25
