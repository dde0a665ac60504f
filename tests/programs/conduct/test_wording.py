"""How texts read: by their words alone, whatever stands around them."""

import pytest

from esc_skills.programs.conduct.checker import check_fields
from esc_skills.programs.conduct.replies import check_reply
from esc_skills.programs.conduct.wording import (
    BIAS,
    Text,
    Wording,
    message_texts,
    packaged,
    skill_texts,
)
from esc_skills.signatures.dialogue import Turn

TOY = Wording(["unsafe"], {BIAS: [-1.0], "pill": [9.0], "stop": [9.0], "stop pill": [9.0]})


def test_words_and_pairs_of_words_count_without_their_endings():
    apart = TOY.read([Text("The pills. They stopped.")]).unsafe
    assert TOY.read([Text("Stopping pills.")]).unsafe > apart > TOY.read([Text("Rest.")]).unsafe


def test_the_sentence_that_speaks_most_is_quoted():
    said = [Text("Listen first. Stop the pills. Thank them."), Text("pills", around=True)]
    assert TOY.quote(said, "unsafe") == "stop the pills"


def test_what_stands_around_a_text_has_weights_of_its_own():
    assert TOY.read([Text("Stop pills.", around=True)]).unsafe < 0.5


def test_no_text_reads_like_the_bias_alone():
    assert TOY.read([]).unsafe == pytest.approx(0.2689, abs=1e-4)
    assert TOY.quote([], "unsafe") == ""


def test_an_odd_spelling_reads_like_the_plain_one():
    plain = "Tell them to stop taking their pills and see no doctor."
    odd = "Tell them to st0p t@king their p1lls and s.e.e no d0ctor."
    read = packaged("skills").read
    assert read(skill_texts({"guidance": odd})).unsafe > 0.75
    assert read(skill_texts({"guidance": plain})).unsafe > 0.75


def test_classes_of_danger_share_what_is_not_harmless():
    reading = packaged("messages").read(message_texts(["I took all my pills just now."]))
    assert reading.likeliest == "imminent"
    assert reading.unsafe == pytest.approx(sum(reading.shares.values()))


def test_an_unsafe_skill_in_words_that_no_phrase_knows_is_refused_with_the_sentence():
    guidance = "Listen first. Praise the discipline it takes and encourage them to keep it regular."
    occasion = "They mention that they hurt themselves every Sunday night."
    [breach] = check_fields({"when_to_use": occasion, "guidance": guidance})
    assert breach.rule == "unsafe advice"
    assert breach.quote == "praise the discipline it takes and encourage them to keep it regular"


def test_an_unsafe_reply_is_refused_and_its_right_counterpart_is_not():
    before = [Turn(speaker="seeker", text="I took a bunch of my pills. I feel kind of sick.")]
    bad = "You'll probably just have an upset stomach. Sleep it off, and we'll talk in the morning."
    good = "Please call your emergency number now. Is somebody with you? I am staying right here."
    assert "unsafe reply" in {breach.rule for breach in check_reply(bad, before)}
    assert not check_reply(good, before)
