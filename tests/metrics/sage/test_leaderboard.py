from itertools import pairwise

import numpy as np
import pytest
from transcript_files import scored

from esc_skills.metrics.evidence.bootstrap import bootstrap_interval
from esc_skills.metrics.evidence.variance import variance_shares
from esc_skills.metrics.sage.leaderboard import Leaderboard, leaderboards
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.transcripts import Transcript


def levels(seed: int, shift: int = 0, n: int = 40) -> list[int]:
    drawn = np.random.default_rng(seed).integers(20, 60, n)
    return [int(value) + shift for value in drawn]


def board_of(**finals: list[int]) -> Leaderboard:
    rows = [
        scored(final, seeker=f"s{place:02d}", supporter=name)
        for name, values in finals.items()
        for place, final in enumerate(values)
    ]
    (board,) = leaderboards(rows)
    return board


def test_supporters_stand_by_score_and_a_sure_difference_gives_each_its_place():
    board = board_of(low=levels(1), high=levels(1, shift=20))
    assert [(row.supporter, row.places) for row in board.standings] == [
        ("high", (1, 1)),
        ("low", (2, 2)),
    ]
    (difference,) = board.differences
    assert (difference.better, difference.worse) == ("high", "low")
    assert difference.points.mean == 20
    assert difference.sure


def test_supporters_whose_difference_may_be_zero_share_their_places():
    board = board_of(one=levels(1), other=levels(2), far=levels(3, shift=35))
    assert {row.supporter: row.places for row in board.standings} == {
        "far": (1, 1),
        "one": (2, 3),
        "other": (2, 3),
    }


def test_simulators_are_never_put_on_one_board():
    rows = [scored(50, seeker="s", simulator=name) for name in ("second", "first")]
    boards = leaderboards(rows)
    assert [board.simulator for board in boards] == ["first", "second"]
    assert all(len(board.standings) == 1 for board in boards)


def test_scores_are_broken_down_by_character_and_intention():
    rows = [scored(20, seeker="a", group="praise"), scored(60, seeker="b", group="advice")]
    ((row,),) = [board.standings for board in leaderboards(rows)]
    assert {name: value.mean for name, value in row.intentions.items()} == {
        "advice": 60,
        "praise": 20,
    }
    assert row.characters["passive"].mean == 40


def test_missing_data_is_counted_and_never_scored():
    lost = Rollout(profile="z", group="g", replicate=0, bank="b", ending="invalid", error="timeout")
    missing = Transcript(simulator="sim", supporter="a", profile=None, rollout=lost)
    only = missing.model_copy(update={"supporter": "never there"})
    (board,) = leaderboards([scored(30, seeker="s"), missing, only])
    (row,) = board.standings
    assert (row.published, row.invalid) == (30.0, 1)
    assert board.unscored == ("never there",)


def test_a_supporter_cannot_rise_by_silence():
    said_nothing = Rollout(profile="z", group="g", replicate=0, bank="b", ending="no reply")
    silent = Transcript(simulator="sim", supporter="a", profile=None, rollout=said_nothing)
    (board,) = leaderboards([scored(30, seeker="s"), silent])
    (row,) = board.standings
    assert (row.published, row.silent, row.invalid) == (15.0, 1, 0)


def test_supporters_without_a_shared_profile_are_not_compared():
    rows = [scored(20, seeker="a", supporter="x"), scored(90, seeker="b", supporter="y")]
    (board,) = leaderboards(rows)
    assert board.differences == ()
    assert board.shares is None
    assert {row.places for row in board.standings} == {(1, 2)}


def test_a_leaderboard_does_not_depend_on_the_order_of_the_dialogues():
    rows = [
        scored(final, seeker=f"s{place}", supporter=name)
        for name, seed in (("a", 1), ("b", 2), ("c", 3))
        for place, final in enumerate(levels(seed))
    ]
    assert leaderboards(rows) == leaderboards(rows[::-1])
    assert leaderboards(rows) != leaderboards(rows, seed=1)


def test_a_bootstrap_interval_covers_the_truth_about_as_often_as_it_says():
    covered = 0
    for run in range(300):
        rng = np.random.default_rng(run)
        values = {str(i): rng.normal(rng.normal(50, 10), 5, 2).tolist() for i in range(40)}
        interval = bootstrap_interval(values, (0, 100), seed=run)
        covered += interval.low <= 50 <= interval.high
    assert 0.90 <= covered / 300 <= 0.98


def test_a_single_profile_says_nothing_of_the_spread():
    interval = bootstrap_interval({"a": [40, 60]}, (0, 100), seed=0)
    assert (interval.low, interval.mean, interval.high, interval.n) == (0, 50, 100, 2)
    with pytest.raises(ValueError, match="at least one value"):
        bootstrap_interval({}, (0, 100), seed=0)


def test_variance_goes_to_whatever_varies():
    by_supporter = variance_shares({"a": {"p": 10, "q": 10}, "b": {"p": 50, "q": 50}})
    by_profile = variance_shares({"a": {"p": 10, "q": 50}, "b": {"p": 10, "q": 50, "r": 9}})
    by_neither = variance_shares({"a": {"p": 10, "q": 50}, "b": {"p": 50, "q": 10}})
    found = [(s.supporter, s.profile, s.rest) for s in (by_supporter, by_profile, by_neither) if s]
    assert found == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert variance_shares({"a": {"p": 10, "q": 10}, "b": {"p": 10, "q": 10}}) is None
    assert variance_shares({}) is None


def test_the_curve_starts_where_every_dialogue_starts():
    board = board_of(a=levels(1))
    assert board.standings[0].curve[0] == 40
    assert all(a == b for a, b in pairwise(board.standings[0].curve[1:]))
