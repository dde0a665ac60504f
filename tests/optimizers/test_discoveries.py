import random

from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.discoveries import DiscoveryRate

RULE = ChallengeRule(error_rate=0.2)


def accepted_in_a_run(seed: int, rate: float | None) -> list[bool]:
    """Whether each accepted edit has no effect, where every second one has none.

    The e-value of an edit without effect is a fair bet, which pays with the chance 1 / stake; the
    e-value of the others is large.
    """
    rng, accepted = random.Random(seed), list[bool]()
    levels = DiscoveryRate(rate, lambda: len(accepted))
    for number in range(40):
        null, needed = number % 2 == 0, 1 / levels.rule_for_next(RULE).error_rate
        e_value = needed * (rng.random() < 1 / needed) if null else 1e4
        if e_value >= needed:
            accepted.append(null)
    return accepted


def false_share(rate: float | None) -> float:
    """Mean over many runs."""
    runs = [accepted_in_a_run(seed, rate) for seed in range(300)]
    return sum(sum(run) / max(1, len(run)) for run in runs) / len(runs)


def test_the_expected_share_of_useless_edits_stays_below_the_rate():
    assert false_share(0.1) <= 0.1
    assert false_share(None) > 0.1  # the bound is what keeps it there


def test_levels_fall_with_the_tests_and_rise_with_what_is_accepted():
    accepted = 0
    levels = DiscoveryRate(0.1, lambda: accepted)
    first, second = (levels.rule_for_next(RULE).error_rate for _ in range(2))
    accepted = 3
    third = levels.rule_for_next(RULE).error_rate
    assert (first, second, third) == (0.1 / 2, 0.1 / 6, 0.1 * 4 / 12)


def test_without_a_rate_every_edit_keeps_its_own():
    assert DiscoveryRate(None, lambda: 0).rule_for_next(RULE) is RULE
