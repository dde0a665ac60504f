import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from esc_skills.metrics.evidence.statistics import (
    UNSEEN_GAIN,
    ChallengeRule,
    Interval,
    PairedEvidence,
    clustered_interval,
    decide,
)
from esc_skills.metrics.evidence.whole_dialogues import confirm

RUNS = 250


def play(rule: ChallengeRule, draw, runs: int = RUNS) -> tuple[float, float]:
    """(Share accepted, mean pairs), looking after every single pair."""
    accepted, pairs = 0, 0
    for run in range(runs):
        rng = np.random.default_rng(run)
        evidence, outcome = PairedEvidence(), "continue"
        while outcome == "continue":
            evidence = evidence.add(float(draw(rng)))
            outcome = decide(evidence, rule).outcome
        accepted += outcome == "accept"
        pairs += evidence.n
    return accepted / runs, pairs / runs


NULLS = {
    "symmetric": lambda rng: np.clip(rng.normal(0, 0.4), -1, 1),
    "two-valued": lambda rng: rng.choice([-0.8, 0.8]),
    "mostly zero": lambda rng: rng.choice([0, 0, 0, 0, -0.3, 0.3]),
    "rare large losses": lambda rng: 0.1 if rng.random() < 0.9 else -0.9,
    "profiles that differ": lambda rng: rng.choice([-0.3, 0.3]) + rng.uniform(-0.2, 0.2),
}


@pytest.mark.parametrize("name", NULLS)
@pytest.mark.parametrize("error_rate", [0.05, 0.10])
def test_an_edit_without_gain_is_accepted_no_more_often_than_the_error_rate(name, error_rate):
    rule = ChallengeRule(error_rate=error_rate, max_pairs=150)
    share, _ = play(rule, NULLS[name])
    surely_too_many = stats.binom.ppf(0.999, RUNS, error_rate) / RUNS
    assert share <= surely_too_many


def test_a_gain_of_ten_points_is_found_and_a_loss_is_given_up_early():
    rule = ChallengeRule(max_pairs=200)
    found, _ = play(rule, lambda rng: np.clip(rng.normal(0.10, 0.25), -1, 1), 100)
    lost, pairs = play(rule, lambda rng: np.clip(rng.normal(-0.10, 0.25), -1, 1), 100)
    assert found > 0.8
    assert lost == 0
    assert pairs < 20


def pooled(gains: list[float], rng: np.random.Generator) -> PairedEvidence:
    """A trial of edits that gain so much a reply: 96 replies, each told of one of them."""
    edits = [PairedEvidence() for _ in gains]
    together = PairedEvidence()
    for number in rng.integers(len(gains), size=96):
        change = float(np.clip(gains[number] + rng.choice([-0.6, 0, 0.3, 0.3]), -1, 1))
        together = together.add(edits[number].stake * change)
        edits[number] = edits[number].add(change)
        if together.e_value >= 20:
            break
    return together


def test_edits_without_effect_pass_together_no_more_often_than_the_error_rate():
    rng = np.random.default_rng(1)
    passed = sum(pooled([0.0] * 8, rng).e_value >= 20 for _ in range(RUNS))
    assert passed <= stats.binom.ppf(0.99, RUNS, 0.05)


def test_a_few_good_edits_pass_together_among_many_without_effect():
    rng = np.random.default_rng(1)
    assert sum(pooled([0.4] * 3 + [0.0] * 7, rng).e_value >= 20 for _ in range(20)) >= 16


def test_the_stake_falls_to_nothing_on_what_does_no_good():
    evidence = PairedEvidence()
    assert 0 < evidence.stake < 1
    for _ in range(6):
        evidence = evidence.add(-0.3)
    assert evidence.stake == 0.0


def test_an_edit_that_changes_nothing_at_all_costs_the_minimum():
    rule = ChallengeRule(min_pairs=8)
    assert play(rule, lambda rng: 0.0, 1) == (0.0, 8.0)


@given(st.lists(st.floats(-1, 1), max_size=40))
def test_evidence_does_not_depend_on_the_order_of_the_pairs(differences):
    forward, backward = PairedEvidence(), PairedEvidence()
    for d in differences:
        forward = forward.add(d)
    for d in reversed(differences):
        backward = backward.add(d)
    assert forward.e_value == pytest.approx(backward.e_value)
    assert forward.mean == pytest.approx(backward.mean)


def test_a_difference_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\], but is 1.5"):
        PairedEvidence().add(1.5)


@given(st.dictionaries(st.text(max_size=3), st.lists(st.floats(0, 100), min_size=1), min_size=1))
def test_an_interval_holds_its_mean_and_stays_within_bounds(values):
    interval = clustered_interval(values, bounds=(0, 100))
    assert 0 <= interval.low <= interval.mean + 1e-9
    assert interval.mean - 1e-9 <= interval.high <= 100


def test_the_interval_of_the_mean_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(500):
        levels = rng.normal(50, 10, 12)
        values = {str(i): list(rng.normal(level, 5, 3)) for i, level in enumerate(levels)}
        interval = clustered_interval(values, bounds=(-1000, 1000))
        covered += interval.low <= 50 <= interval.high
    assert 0.92 <= covered / 500 <= 0.98


@pytest.mark.parametrize("seekers", [8, 16, 40])
def test_an_interval_that_allows_for_the_unseen_covers_rare_gains_and_is_never_a_point(seekers):
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(500):
        gains = 60.0 * (rng.random(seekers) < 1 / 8)
        values = {str(i): [float(gain)] for i, gain in enumerate(gains)}
        interval = clustered_interval(values, bounds=(-100, 100), unseen=UNSEEN_GAIN)
        covered += interval.low <= 7.5 <= interval.high
        assert interval.low < interval.high
    assert covered / 500 >= 0.93


@pytest.mark.parametrize(
    ("differences", "words"),
    [([0.1, 0.3, 0.2, 0.2], "agree with the gain"), ([-0.5, 0.4, -0.5, 0.4], "cannot contradict")],
)
def test_a_confirmation_says_how_far_the_dialogues_agree(differences: list[float], words: str):
    evidence = PairedEvidence()
    for difference in differences:
        evidence = evidence.add(difference)
    expected = Interval(low=25, mean=30, high=35, n=40)
    verdict = confirm(evidence, ChallengeRule(min_pairs=4), expected)
    assert verdict.outcome == "accept"
    assert f"in 4 pairs of whole dialogues [{'+' if differences[0] > 0 else '-'}" in verdict.reason
    assert words in verdict.reason
