import json
from pathlib import Path

import pytest
from command_line import esc

from esc_skills.experiments.bench.arenas import ARENAS, RehearsalArena, load_arena
from esc_skills.experiments.bench.contest import Entry, Score, Step
from esc_skills.experiments.bench.standings import standings
from esc_skills.experiments.bench.tournament import Plan, hold, plan_of
from esc_skills.experiments.errors import UserError

SMALL = Plan(optimizers=("none",), worlds=("few-needs",), budgets=(1_000,), seeds=1)


class Plugged(RehearsalArena):
    """A world of somebody else."""


def score(optimizer: str, seed: int, gain: float, calls: int = 100) -> Score:
    step = Step(calls=calls, rollouts=4, score=20 + gain, gain=gain)
    return Score(
        entry=Entry.model_validate(
            {"world": "default", "optimizer": optimizer, "calls": 1000, "seed": seed}
        ),
        first=20, final=20 + gain, attainable=60, steps=(step,), calls=1000, rollouts=40,
        seconds=1, reported=None, groups_worse=0, groups=8,
    )  # fmt: skip


@pytest.mark.parametrize("name", ARENAS)
def test_in_every_world_there_is_something_to_attain(name: str):
    arena = load_arena(name)
    some = arena.profiles()[:3]
    first, best = (
        sum(arena.truth(bank, profile) for profile in some) / len(some)
        for bank in (arena.first_bank(), arena.best_bank())
    )
    assert best > first + 15


def test_a_world_may_be_brought_along_and_an_unknown_one_is_named():
    assert isinstance(load_arena(f"{__name__}:Plugged"), Plugged)
    with pytest.raises(UserError, match=r"there is no world 'atlantis'\. Known: default"):
        load_arena("atlantis")
    with pytest.raises(UserError, match="must be an importable class"):
        load_arena(f"{__name__}:Nobody")


def test_finished_contests_are_not_played_again(tmp_path: Path):
    seen: list[Score] = []
    results = tmp_path / "results.jsonl"
    first = hold(SMALL, results, 1, seen.append)
    size = results.stat().st_size
    assert hold(SMALL, results, 1, seen.append) == first == seen[:1] == seen[1:]
    assert results.stat().st_size == size
    assert first[0].gain == 0


def test_a_bad_plan_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="the contest cannot be held"):
        plan_of(None, ["hillclimb"], None, 2, quick=False)
    with pytest.raises(UserError, match="the contest cannot be held"):
        plan_of(None, None, [0], 2, quick=False)


def test_standings_pair_by_seed_and_count_what_was_accepted_in_vain():
    ours = [score("evolution", seed, 20 + seed) for seed in range(4)]
    theirs = [score("gepa", seed, 10 + seed) for seed in range(3)]
    harmful = [score("gepa", 3, -5)]
    first, second = standings([*theirs, *ours, *harmful])
    assert (first.optimizer, first.lead, first.harmful) == ("evolution", None, 0)
    assert second.lead is not None
    assert second.lead.mean == pytest.approx((3 * 10 + 28) / 4)
    assert (second.harmful, second.accepted) == (1, 4)
    assert first.half == 100
    assert second.half == float("inf")


def test_a_share_counts_as_reached_only_when_it_is_kept():
    lost = score("gepa", 0, 30)
    worse = Step(calls=200, rollouts=8, score=25, gain=-25)
    assert lost.calls_to(0.5) == 100
    assert lost.model_copy(update={"steps": (*lost.steps, worse)}).calls_to(0.5) == float("inf")


def test_the_command_prints_standings_for_scripts(tmp_path: Path):
    done = esc(
        "bench", "optimizers", "--world", "few-needs", "--optimizer", "none",
        "--budget", 1000, "--seeds", 1, "--results", "r.jsonl", "--html", "c.html", "--json",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert (row["optimizer"], row["seeds"], row["gain"]["mean"]) == ("none", 1, 0.0)
    assert "True gain" in (tmp_path / "c.html").read_text()
    refused = esc("bench", "optimizers", "--world", "atlantis", cwd=tmp_path)
    assert refused.returncode == 2
    assert "there is no world 'atlantis'" in refused.stderr
