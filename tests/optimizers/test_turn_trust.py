import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.metrics.evidence.whole_dialogues import PRIOR_SHARE
from esc_skills.optimizers.turn_trust import TurnTrust, trust_line
from esc_skills.signatures.rollouts import Exchange, Rollout

PROMISED = Interval(low=10, mean=20, high=30, n=40)


def rollout(emotion: int) -> Rollout:
    exchange = Exchange(seeker="Hello.", reply="Hi.", emotion=emotion)
    return Rollout(
        profile="ann", group="g", replicate=0, bank="b", exchanges=(exchange,), ending="turn limit"
    )


def learnt(true_share: float, bundles: int, pairs: int = 12) -> TurnTrust:
    """What is learnt where dialogues gain this share of what turns promise, with SAGE's noise."""
    rng, trust = random.Random(0), TurnTrust()
    for _ in range(bundles):
        before = [rollout(40)] * pairs
        gains = [rng.gauss(20 * true_share, 20) for _ in range(pairs)]
        trust.add(PROMISED, before, [rollout(round(min(100, max(0, 40 + g)))) for g in gains])
    return trust


def test_before_any_confirmation_half_of_what_turns_promise_is_believed():
    assert TurnTrust().believed == PRIOR_SHARE
    assert TurnTrust().share is None


@pytest.mark.parametrize("true_share", [-0.5, 0.0, 0.5, 1.0])
def test_the_share_that_comes_true_is_learnt(true_share: float):
    share = learnt(true_share, bundles=40).share
    assert share is not None
    assert share.low - 0.05 < true_share < share.high + 0.05
    assert share.high - share.low < 0.25


def test_turns_that_promise_what_dialogues_do_not_keep_are_said_to_mislead():
    misled, kept = learnt(-0.5, bundles=6).share, learnt(1.0, bundles=6).share
    assert misled is not None
    assert kept is not None
    assert "little of what turns promise" in trust_line(misled)
    assert "little" not in trust_line(kept)


@given(st.integers(-40, 40))
def test_one_bundle_moves_the_share_towards_what_it_showed(gain: int):
    trust = TurnTrust()
    trust.add(PROMISED, [rollout(50)] * 6, [rollout(50 + gain)] * 6)
    shown = gain / PROMISED.mean
    assert min(PRIOR_SHARE, shown) - 1e-9 <= trust.believed <= max(PRIOR_SHARE, shown) + 1e-9


def test_a_single_pair_teaches_nothing():
    trust = TurnTrust()
    trust.add(PROMISED, [rollout(50)], [rollout(90)])
    assert trust.share is None
