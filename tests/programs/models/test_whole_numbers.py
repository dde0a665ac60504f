import pytest
from dspy.utils.exceptions import AdapterParseError

from esc_skills.programs.models.adapter import ChatAdapter
from esc_skills.signatures.seeking import AppraiseReply

MINUS, WIDE_MINUS = "\u2212", "\uff0d"


def change_in(written: str) -> int:
    texts = '"meaning": "m", "goal_fit": "g", "inner_activity": "i", "feeling": "change: 3 to 4"'
    answer = f'[[ ## appraisal ## ]]\n{{{texts}, "change": {written}}}\n\n[[ ## completed ## ]]'
    return ChatAdapter().parse(AppraiseReply, answer)["appraisal"].change


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("-5", -5),
        ("+5", 5),
        ('"+5"', 5),
        (f"{MINUS}5", -5),
        (f'"{MINUS}5"', -5),
        (f"{WIDE_MINUS}10", -10),
    ],
)
def test_a_change_keeps_its_sign_however_it_is_written(written: str, meant: int):
    assert change_in(written) == meant


@pytest.mark.parametrize(
    "written",
    ["7.5", "-5 to +5", "+5..+7", '"from 40 to 45, +5"', "5/10", "-25", "true", "null", ""],
)
def test_anything_but_one_whole_number_in_range_is_refused_not_guessed(written: str):
    with pytest.raises(AdapterParseError):
        change_in(written)
