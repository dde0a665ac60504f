import pytest

from esc_skills.metrics.sage.outlook import Outlook
from esc_skills.signatures.rollouts import Exchange, Rollout


def rollout(*emotions: int) -> Rollout:
    exchanges = tuple(Exchange(seeker="s", reply="r", emotion=emotion) for emotion in emotions)
    return Rollout(
        profile="p", group="g", replicate=0, bank="b", exchanges=exchanges, ending="turn limit"
    )


def test_without_dialogues_a_point_is_worth_a_point():
    assert Outlook([]).worth(3, 5) == 5


def test_where_feelings_snowball_an_early_point_is_worth_more_than_a_late_one():
    outlook = Outlook([rollout(40 + k, 40 + 2 * k) for k in range(-20, 21)])
    assert 1.5 < outlook.worth(0, 1) < 2
    assert outlook.worth(1, 1) == pytest.approx(1)


def test_a_single_dialogue_says_next_to_nothing():
    assert Outlook([rollout(10, 90)]).worth(0, 1) == pytest.approx(1)
