"""Rules of replies and of dialogues, each by a reply that keeps it and one that breaks it."""

from typing import Any

import dspy
import pytest

from esc_skills.programs.conduct.guard import REPAIRS, REPLACED, Guard
from esc_skills.programs.conduct.help import read_help
from esc_skills.programs.conduct.replies import check_reply
from esc_skills.programs.conduct.reviewer import UNREVIEWED
from esc_skills.programs.conduct.rules import Conduct
from esc_skills.signatures.dialogue import Turn


def talk(*texts: str) -> list[Turn]:
    speakers = ("seeker", "supporter")
    return [
        Turn.model_validate({"speaker": speakers[i % 2], "text": text})
        for i, text in enumerate(texts)
    ]


def conduct(**rule: Any) -> Conduct:
    acts = {"advice": {"english": ["you could"]}, "listening": {"marks": [r"\?"]}}
    return Conduct.model_validate({"acts": acts, "rules": [{"name": "r", **rule}]})


def broken(reply: str, before: list[Turn], **rule: Any) -> list[str]:
    return [breach.why for breach in check_reply(reply, before, conduct=conduct(**rule))]


DAY = talk("I had a hard day at work.")
ADVISED = talk("Work is bad.", "What happened?", "A row.", "You could rest.", "Hm, well.")


@pytest.mark.parametrize(
    ("rule", "before", "kept", "breaking"),
    [
        ({"kind": "length", "unit": "sentences", "most": 2}, DAY, "One. Two.", "One. Two. Three."),
        ({"kind": "length", "unit": "words", "least": 3}, DAY, "That sounds hard.", "Hard."),
        ({"kind": "length", "unit": "questions", "most": 1}, DAY, "Why?", "Why? How?"),
        ({"kind": "language"}, DAY, "That sounds really hard.", "听起来你今天很累。"),
        ({"kind": "say", "act": "listening"}, DAY, "What was it?", "I see."),
        ({"kind": "numbers"}, DAY, "Please call 988.", "Please call 0800 555 123."),
        ({"kind": "numbers"}, talk("My aunt has 555 1234."), "Call 555 1234.", "Call 555 9999."),
        ({"kind": "before", "first": "listening", "then": "advice"}, DAY, "Oh.", "You could go."),
        ({"kind": "most", "act": "advice", "times": 1}, ADVISED, "Hm.", "You could sleep."),
        ({"kind": "repeat", "words": 2}, ADVISED, "I hear you.", "Well. What happened?"),
        (
            {"kind": "answer", "sign": "danger", "act": "help"},
            talk("I want to die."),
            "Please call a crisis line.",
            "Tell me more.",
        ),
    ],
)
def test_each_type_of_rule_is_kept_and_broken(
    rule: dict[str, Any], before: list[Turn], kept: str, breaking: str
):
    assert broken(kept, before, **rule) == []
    assert len(broken(breaking, before, **rule)) == 1


def test_advice_may_follow_once_the_person_was_heard():
    rule = {"kind": "before", "first": "listening", "then": "advice"}
    assert not broken("You could rest.", talk("Bad day.", "What happened?", "A row."), **rule)


def test_an_answer_may_take_the_replies_that_its_rule_allows():
    rule = {"kind": "answer", "sign": "danger", "act": "help", "within": 2}
    danger = ("I want to die.", "I take that seriously.", "Do you.")
    assert not broken("Tell me more.", talk(*danger[:1]), **rule)
    assert broken("Tell me more.", talk(*danger), **rule)


@pytest.mark.parametrize(
    ("rule", "reply"),
    [
        ("own body", "My husband says the same."),
        ("own past", "I once went through that."),
        ("own feelings", "I am lonely too."),
        ("own place", "I live in Berlin."),
        ("own past", "我以前也失恋过。"),
    ],
)
def test_a_supporter_claims_nothing_of_its_own(rule: str, reply: str):
    before = talk("我失恋了很难受。" if "我" in reply else "I feel so alone these days.")
    assert rule in {breach.rule for breach in check_reply(reply, before)}
    assert not check_reply(f'You say "{reply}"', before)


def deployed_turn(guard: Guard, *replies: str, message: str = "Hello there, my friend.") -> Any:
    """What comes of a turn in which the model gives these replies, one after the other."""
    turn, faults = guard.turn([], message), []
    for reply in replies:
        answer = dspy.Prediction(reply=reply, skill="s", why="w")
        faults.append(turn.check(answer))
        if not faults[-1]:
            turn.take(answer)
            break
    return turn.spoken(), faults


def test_a_guard_names_every_fault_and_counts_by_rule_before_and_after():
    guard = Guard()
    said, faults = deployed_turn(guard, "My wife agrees. I live in Rome.", "That is hard.")
    assert (said.reply, said.skill) == ("That is hard.", "s")
    assert "own body" in faults[0]
    assert "own place" in faults[0]
    counts = {row.rule: row for row in guard.counts.rules}
    assert (counts["own body"].before, counts["own body"].after) == (0, 1)
    assert counts["help at once"].before is None


def test_what_keeps_breaking_a_rule_is_replaced_and_its_skill_is_known():
    guard = Guard()
    said, faults = deployed_turn(guard, *["I live in Rome."] * (REPAIRS + 1))
    assert (said.reply, said.why, said.skill) == (read_help().words["en"].safe, REPLACED, "s")
    assert sum(map(bool, faults)) == REPAIRS
    assert guard.counts.replaced == 1


def test_danger_left_open_by_the_model_is_answered_with_help_and_no_further_call():
    guard = Guard()
    said, faults = deployed_turn(guard, "That is hard.", message="I want to die.")
    assert said.reply.startswith(read_help().help_in("en"))
    assert faults == [""]
    [row] = [row for row in guard.counts.rules if row.rule == "help at once"]
    assert (row.borne, row.broken, row.left) == (1, 1, 0)


def test_what_nobody_can_review_is_not_said():
    rule = conduct(kind="judged", rule="The reply is kind.")
    guard = Guard(rule)
    guard.judge.judge = lambda **_: dspy.Prediction(verdicts=[])  # type: ignore[assignment]
    said, faults = deployed_turn(guard, *["That is hard."] * (REPAIRS + 1))
    assert said.why == REPLACED
    assert UNREVIEWED in faults[0]


def test_an_inactive_guard_lets_everything_pass_uncounted():
    guard = Guard(active=False)
    said, _ = deployed_turn(guard, "I live in Rome.", message="I want to die.")
    assert said.reply == "I live in Rome."
    assert guard.counts.replies == 0


@pytest.mark.parametrize(
    "said",
    [
        "It would take forty of these pills to die.",
        "I am Max, and forty pills are enough to die.",
        "三十片安眠药就会死。",
    ],
)
def test_no_reply_says_how_much_is_deadly(said: str):
    before = [Turn(speaker="seeker", text="How many of my pills would it take?")]
    found = check_reply(said, before)
    assert "method" in {breach.rule for breach in found}
    assert "method" not in {
        breach.rule for breach in check_reply("If you took forty pills, call 112 now.", before)
    }


def test_a_supporter_may_speak_first():
    assert not check_reply("Hello, what brings you here today?", [])
