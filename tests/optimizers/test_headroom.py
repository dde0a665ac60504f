import re

import pytest

from esc_skills.optimizers.events import Alarm
from esc_skills.optimizers.headroom import headroom_alarm
from esc_skills.signatures.rollouts import Appraisal, Exchange, Rollout


def dialogue(profile: str, *changes: int) -> Rollout:
    emotion, exchanges = 50, list[Exchange]()
    for change in changes:
        emotion = min(100, max(0, emotion + change))
        mild = Appraisal(meaning="m", goal_fit="g", inner_activity="i", feeling="f", change=change)
        exchanges.append(Exchange(seeker="s", reply="r", appraisal=mild, emotion=emotion))
    return Rollout(
        profile=profile,
        group="g",
        replicate=0,
        bank="b",
        exchanges=tuple(exchanges),
        ending="turn limit",
    )


def rung(*changes: int, dialogues: int = 4) -> Alarm | None:
    return headroom_alarm([dialogue(str(number), *changes) for number in range(dialogues)])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((5, 6, 4, 8, 7, 5, 3), "end at 88 of 100 points on average, and 100% .* raise"),
        ((2, 1, 2, 1), "end at 56 .* 100% of its replies raise"),
    ],
)
def test_a_simulator_that_any_reply_pleases_leaves_no_headroom(changes, words):
    alarm = rung(*changes)
    assert alarm is not None
    assert alarm.kind == "headroom"
    assert re.search(words, alarm.message), alarm.message


def test_seekers_who_tell_replies_apart_leave_headroom():
    assert rung(5, -3, 0, 4) is None
    assert rung(-5, -3, 2, -4, -3, -5, -6) is None


def test_a_weak_first_bank_leaves_headroom():
    assert rung(-9, -9, -10, -9, -9) is None


def test_too_few_dialogues_tell_nothing():
    assert rung(5, 6, 4, 8, 7, 5, 3, dialogues=3) is None
