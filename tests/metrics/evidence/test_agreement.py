import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esc_skills.metrics.evidence.agreement import order_bias, rank_correlation, reliability
from esc_skills.metrics.judges.judgement import Place

# Shrout and Fleiss (1979), table 2, judges 1 and 2 of six targets
JUDGE_1 = [9, 6, 8, 7, 10, 6]
JUDGE_2 = [2, 1, 4, 1, 5, 2]


def test_a_judge_that_repeats_itself_is_wholly_reliable():
    found = reliability([1, 2, 3, 4], [1, 2, 3, 4])
    assert found is not None
    assert (found.low, found.mean, found.high) == (1, 1, 1)


def test_reliability_asks_for_equal_grades_and_not_just_equal_ranks():
    found = reliability(JUDGE_1, JUDGE_2)
    assert found is not None
    assert found.mean < 0  # the ranks agree, the grades are 5 apart
    assert found.low < found.mean < found.high


def test_reliability_is_the_one_way_intraclass_correlation():
    first, second = [3.0, 5, 2, 4, 1, 5], [2.0, 5, 3, 4, 1, 4]
    found = reliability(first, second)
    table = np.array([first, second])
    between = 2 * table.mean(axis=0).var(ddof=1)
    within = table.var(axis=0, ddof=1).mean()
    assert found is not None
    assert found.mean == pytest.approx((between - within) / (between + within))


def test_the_interval_of_reliability_holds_the_truth_about_as_often_as_it_says():
    rng, hits, truth = np.random.default_rng(1), 0, 0.6
    for _ in range(300):
        target = rng.normal(0, np.sqrt(truth), 30)
        noise = rng.normal(0, np.sqrt(1 - truth), (2, 30))
        found = reliability(target + noise[0], target + noise[1])
        assert found is not None
        hits += found.low <= truth <= found.high
    assert 0.91 <= hits / 300 <= 0.99


@pytest.mark.parametrize("values", [[], [1, 2, 3], [2, 2, 2, 2, 2]])
def test_nothing_is_claimed_without_variation_or_values(values: list[float]):
    assert reliability(values, values) is None
    assert rank_correlation(values, values) is None


def test_rank_correlation_follows_order_only():
    found = rank_correlation([1, 2, 3, 4, 5], [1, 10, 100, 1000, 10000])
    assert found is not None
    assert found.mean == pytest.approx(1)
    against = rank_correlation([1, 2, 3, 4, 5], [5, 4, 3, 1, 2])
    assert against is not None
    assert -1 <= against.low < against.mean < against.high <= 1
    assert against.mean == pytest.approx(-0.9)


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), max_size=20))
def test_figures_stay_in_their_range(pairs: list[tuple[float, float]]):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    for found in (reliability(first, second), rank_correlation(first, second)):
        if found is not None:
            assert -1 - 1e-9 <= found.low <= found.mean + 1e-9
            assert found.mean <= found.high + 1e-9 <= 1 + 1e-6


def test_a_judge_that_always_names_the_first_is_biased_and_inconsistent():
    always: list[tuple[Place, Place]] = [("first", "first")] * 10
    found = order_bias(always)
    assert found is not None
    assert found.first is not None
    assert found.first.mean == 1
    assert found.first.low > 0.5
    assert found.consistent.mean == 0


def test_a_judge_that_names_the_same_dialogue_is_unbiased_and_consistent():
    found = order_bias([("first", "second"), ("second", "first"), ("tie", "tie")])
    assert found is not None
    assert found.first is not None
    assert found.first.mean == 0.5
    assert found.first.n == 4
    assert found.consistent.mean == 1


def test_ties_alone_show_no_bias():
    found = order_bias([("tie", "tie")])
    assert found is not None
    assert found.first is None
    assert order_bias([]) is None
