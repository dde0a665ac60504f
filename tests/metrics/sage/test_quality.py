import pytest
from transcript_files import rollout

from esc_skills.metrics.sage.quality import FAULTS, FaultKind, quality
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.seeker_faults import LONGEST
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank

MAYA = Profile(
    id="s1",
    persona="Maya, 34, a nurse who talks fast, laughs at herself before others do, hates fuss.",
    scene="The ward meeting thanked everyone and went on to the parking rules of the yard. "
    "At high emotion Maya jokes dryly, in the middle answers sharply, at low emotion snaps.",
    hidden_intention="You want the other person to praise sincerely a concrete thing you did.",
    character="negative",
    opening="We had our ward meeting today.",
)
MING = MAYA.model_copy(
    update={"language": "zh", "hidden_intention": "你想分析事件中其他人物这么做的原因"}
)


def kinds(played: Rollout, profile: Profile | None = MAYA) -> list[FaultKind]:
    return [fault.kind for fault in quality([(played, profile)]).faults]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("NPC的分析挺有道理的", "character break"),
        ("The NPC gave good advice.", "character break"),
        ("我的emotion降低了", "character break"),
        ("Right, my emotion level is 45 now.", "character break"),
        ("As an AI I cannot feel this.", "character break"),
        ("我的隐藏主题是什么", "character break"),
        ("Response: I do not know.", "label"),
        ("**最终回复**: 不知道", "label"),
        ("[[ ## message ## ]]\nI do not know.", "label"),
        ('{"message": "I do not know."}', "label"),
        ("   ", "empty turn"),
        ("word " * (LONGEST + 1), "over-long"),
        ("我想分析事件中其他人物这么做的原因", "leak"),
        ("I want the other person to praise sincerely what I did.", "leak"),
        ("A nurse who talks fast, laughs at herself before others do, hates fuss.", "leak"),
        ("At high emotion Maya jokes dryly, in the middle answers sharply, at low.", "leak"),
        ("行吧。拜拜。", "early farewell"),
        ("Well. Goodbye!", "early farewell"),
    ],
)  # fmt: skip
def test_what_no_person_would_say_is_a_fault(line: str, kind: FaultKind):
    profile = MING if "分析事件" in line else MAYA
    assert kinds(rollout("hello", line), profile) == [kind]


@pytest.mark.parametrize(
    "line",
    [
        "感觉像掉进了一场没剧本的悬疑电影。",
        "像个游戏角色, 拼命打怪升级",
        "我不想再见他了",
        "那个AI工程师的例子挺有意思的",
        "I never said goodbye to my father.",
        "My emotions run wild. What I mean: nobody noticed.",
        "The ward meeting thanked everyone and went on to the parking rules of the yard.",
    ],
)
def test_what_a_person_may_say_is_none(line: str):
    assert kinds(rollout("hello", line)) == []


def test_a_line_said_again_word_for_word_is_a_repeat_each_time():
    assert kinds(rollout("hello", "no.", "no.", " no. ")) == ["repeat", "repeat"]


def test_a_goodbye_is_early_only_where_the_protocol_goes_on():
    assert kinds(rollout("hello", "Goodbye!", emotions=(5,), ending="failure")) == []
    assert kinds(rollout("hello", "Goodbye!", emotions=(100,), ending="success")) == []
    assert kinds(rollout("hello", "I have to go now", ending="farewell")) == ["early farewell"]


def test_an_empty_reply_that_was_accepted_is_a_fault():
    played = rollout("hello", "what?")
    silent = played.exchanges[0].model_copy(update={"reply": " "})
    accepted = played.model_copy(update={"exchanges": (silent, *played.exchanges[1:])})
    assert kinds(accepted) == ["empty reply"]


def test_dialogues_of_unknown_seekers_are_counted_as_not_searched_for_leaks():
    told = rollout("hello", "I want the other person to praise sincerely what I did.")
    counted = quality([(told, None), (told, MAYA)])
    assert (counted.dialogues, counted.turns, counted.unchecked) == (2, 4, 1)
    assert counted.counts["leak"] == 1
    assert set(counted.counts) == set(FAULTS)


def test_our_seeker_shows_no_fault_in_rehearsal(
    models: Models, profiles: list[Profile], bank: Bank
):
    runner = Runner(models, threads=2)
    played = [
        *runner.play(SupportAgent(bank), [(profile, 0) for profile in profiles]),
        *runner.play(SupportAgent(Bank()), [(profile, 1) for profile in profiles]),
    ]
    runner.close()
    known = {profile.id: profile for profile in profiles}
    counted = quality((rollout, known[rollout.profile]) for rollout in played)
    assert counted.turns > 300
    assert counted.unchecked == 0
    assert counted.counts == dict.fromkeys(FAULTS, 0)
