import pytest

from esc_skills.metrics.seekers.calibration import (
    Talk,
    compare,
    features,
    talk_of_conversation,
    talk_of_rollout,
)
from esc_skills.signatures.dialogue import Conversation, Turn
from esc_skills.signatures.rollouts import Exchange, Rollout


def talk(*turns: str) -> Talk:
    return Talk(turns=turns)


def test_lines_in_a_row_are_one_turn_and_relief_is_a_share_of_the_scale():
    conversation = Conversation(
        id="x",
        intensity=(5, 3),
        turns=(
            Turn(speaker="seeker", text="Hi."),
            Turn(speaker="seeker", text="Bad day."),
            Turn(speaker="supporter", text="Oh?"),
            Turn(speaker="seeker", text="Yes."),
        ),
    )
    found = talk_of_conversation(conversation)
    assert found.turns == ("Hi. Bad day.", "Yes.")
    assert found.movement == 0.5


def test_a_rollout_ends_with_what_was_said_last():
    exchanges = (Exchange(seeker="Hm.", reply="I see.", emotion=30), Exchange(seeker="Well."))
    rollout = Rollout(
        profile="p", group="g", replicate=0, bank="b", exchanges=exchanges, ending="turn limit"
    )
    assert talk_of_rollout(rollout) == Talk(turns=("Hm.", "Well."), movement=-0.1)


def test_features_are_counted_turn_by_turn_in_either_language():
    (english,) = (features([talk("What do I do?", "But I already tried that.", "Thanks a lot.")]),)
    assert english["words a turn"] == pytest.approx([4.0])
    assert english["questions"] == pytest.approx([1 / 3])
    assert english["resistance"] == pytest.approx([1 / 3])
    assert english["gratitude"] == pytest.approx([1 / 3])
    assert len(english["vocabulary"]) == 0
    chinese = features([talk("我该怎么办？", "谢谢你。")])  # noqa: RUF001
    assert chinese["questions"] == chinese["gratitude"] == pytest.approx([0.5])


def test_a_story_told_at_once_is_paced_higher_than_one_told_bit_by_bit():
    at_once = features([talk("one two three four", "four", "three")])
    by_bits = features([talk("one", "two", "three four")])
    assert at_once["disclosure pace"][0] == 1 > by_bits["disclosure pace"][0]


def test_turns_after_the_tenth_do_not_count():
    assert features([talk(*["Yes."] * 10, *["Why?"] * 10)])["questions"][0] == 0


def test_like_dialogues_are_at_the_floor_and_unlike_ones_are_not():
    short = [talk(*["word " * (3 + n % 4)] * (3 + n % 5)) for n in range(60)]
    long = [talk(*["word " * (23 + n % 4)] * (3 + n % 5)) for n in range(60)]
    like = {row.feature: row for row in compare(short[:30], short[30:])}["words a turn"]
    unlike = {row.feature: row for row in compare(short, long)}["words a turn"]
    assert like.distance.low <= like.distance.mean < 2 * like.floor
    assert unlike.distance.low > 5 > unlike.floor
    assert unlike.ks == 1


def test_without_words_there_is_nothing_to_compare():
    with pytest.raises(ValueError, match="in which a seeker speaks"):
        compare([talk("Hi.")], [talk()])
