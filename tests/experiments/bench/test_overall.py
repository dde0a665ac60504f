import pytest

from esc_skills.experiments.bench.match import Entry, Score, Step
from esc_skills.experiments.bench.overall import holm, standings, within
from esc_skills.experiments.bench.profile_plot import draw
from esc_skills.experiments.bench.summary import NO_BANK, summarize_scores
from esc_skills.experiments.bench.tournament import Plan, forecast, plan_of
from esc_skills.experiments.errors import UserError


def score(optimizer: str, gain: float, world: str = "default", seed: int = 0) -> Score:
    step = Step(calls=100, rollouts=4, score=20 + gain, gain=gain)
    return Score(
        entry=Entry(world=world, optimizer=optimizer, calls=1000, seed=seed, start="empty"),
        first=20, no_bank=20, final=20 + gain, attainable=60, steps=(step,), calls=1000,
        rollouts=40, seconds=1, reported=None, population_gain=gain, groups_worse=0, groups=8,
    )  # fmt: skip


def test_a_lead_is_paired_and_counted_only_where_it_survives_the_correction():
    scores = [score("evolution", 20 + seed, seed=seed) for seed in range(6)]
    scores += [score("gepa", 10 + seed, seed=seed) for seed in range(6)]
    scores += [score("random", 20 + seed + (-1) ** seed, seed=seed) for seed in range(6)]
    ours, *peers = standings(scores)
    assert ours.optimizer == "evolution"
    gepa = next(row for row in peers if row.optimizer == "gepa")
    equal = next(row for row in peers if row.optimizer == "random")
    assert gepa.lead
    assert gepa.lead.mean == pytest.approx(10)
    assert (gepa.behind, gepa.ahead) == (1, 0)
    assert (equal.behind, equal.ahead) == (0, 0)


def test_without_ours_the_best_is_the_first():
    rows = standings([score("gepa", 5), score("random", 2)])
    assert [row.optimizer for row in rows] == ["gepa", "random"]


def test_holm_rejects_step_by_step():
    assert holm([0.01, 0.04, 0.03]) == [True, False, False]
    assert holm([0.01, 0.02, 0.04]) == [True, True, True]
    assert holm([]) == []


def test_a_profile_counts_the_cells_near_the_best():
    scores = [score("a", 10), score("b", 4), score("a", 1, "noisy"), score("b", 3, "noisy")]
    found = within(scores, [0, 2, 6])
    assert found == {"a": [0.5, 1.0, 1.0], "b": [0.5, 0.5, 1.0]}
    assert draw(scores).count("<polyline") == 2


def test_every_start_shows_the_level_of_no_bank():
    rows = summarize_scores([score("gepa", 5)])
    assert {row.optimizer for row in rows} == {"gepa", NO_BANK}
    assert {row.world for row in rows} == {"default from empty"}


def test_a_suite_names_its_worlds_and_a_plan_its_time(tmp_path):
    plan = plan_of(None, ["none"], [2_000], 1, quick=False, suite="reporting", starts=["empty"])
    assert "--suite reporting" in plan.command
    assert "--start empty" in plan.command
    said = forecast(plan, tmp_path / "results.jsonl", processes=1)
    assert said.startswith(f"{len(plan.worlds)} contests, 0 of them known; the others take about")
    with pytest.raises(UserError, match="exclude each other"):
        plan_of(["default"], None, None, 1, quick=False, suite="reporting")
    with pytest.raises(UserError, match="there is no file nowhere"):
        plan_of(None, None, None, 1, quick=False, starts=["nowhere"])


def test_contests_of_a_plan_cover_all_starts():
    plan = Plan(optimizers=("none",), starts=("empty", "mined"), budgets=(1_000,), seeds=1)
    assert {entry.start for entry in plan.entries} == {"empty", "mined"}
