import random
from statistics import fmean

import pytest

from esc_skills.experiments.bench.families import delay, editor, words
from esc_skills.experiments.bench.families.catalogue import (
    Chained,
    History,
    ManyNeeds,
    Nothing,
    Plain,
    Reversed,
    Tails,
    Taste,
)
from esc_skills.experiments.bench.families.feeling import Moment, value
from esc_skills.experiments.bench.families.people import person_of
from esc_skills.experiments.bench.families.setting import Setting, topics_of, worth_of
from esc_skills.experiments.bench.suites import SUITES
from esc_skills.experiments.bench.worlds import FAMILIES, WORLDS
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank
from esc_skills.testing.worlds import WorldContract


class TestPlain(WorldContract):
    plugin = Plain


class TestReversed(WorldContract):
    plugin = Reversed


class TestChained(WorldContract):
    plugin = Chained


class TestTails(WorldContract):
    plugin = Tails


def test_every_phrase_says_its_own_act_and_no_other_and_names_no_topic():
    for act, said in words.DATA["acts"].items():
        assert len(said["ask"]) == len(said["say"]) == 4
        for kind in ("ask", "say"):
            for place, phrase in enumerate(said[kind]):
                assert words.acts_in(phrase) == (act,), phrase
                assert words.wording_of(phrase, act) == place
                assert not words.topics_in(phrase)


def test_what_people_say_performs_no_act():
    lines = [line for kind in words.DATA["lines"].values() for line in kind]
    assert [line for line in lines if words.acts_in(line)] == []


def dials_of(world: str) -> Setting:
    return getattr(WORLDS[world](), "setting")  # noqa: B009 - not of the protocol


def test_a_suite_has_a_world_of_every_family_and_shares_none_that_differs_in_no_dial():
    development, reporting = (set(SUITES[half]) for half in ("development", "reporting"))
    assert not development & reporting
    for name in FAMILIES:
        tuned, reported = (dials_of(n) for n in (name, f"{name}-reported"))
        assert tuned.seed != reported.seed
        assert worth_of(tuned).called_for != worth_of(reported).called_for


def test_the_truth_is_what_dialogues_come_to():
    world = Tails()
    bank, some = world.best_bank(), world.profiles()[:12]
    runner = Runner(Models(engines={"rehearsal": world.engine()}), threads=1)
    played = runner.play(SupportAgent(bank), [(p, k) for p in some for k in range(12)])
    runner.close()
    found = fmean(100 * rollout.score for rollout in played)
    assert found == pytest.approx(fmean(world.truth(bank, p) for p in some), abs=8)


def test_an_effect_that_comes_later_sums_to_the_same():
    for dial in (0.0, 0.5, 1.0):
        part = delay.split(slow=1.2, quick=0.3, delay=dial)
        assert part.now + delay.LATER * part.later == pytest.approx(1.5)
    assert delay.split(slow=1.2, quick=0.0, delay=1.0).now == pytest.approx(-1.2)
    assert delay.split(slow=1.2, quick=0.0, delay=0.5).now == pytest.approx(0)


def reply_with(act: str) -> str:
    return words.written("say", act, 0)


def worth_to(world_setting: Setting, topic: str, *acts: str) -> float:
    """What the last of some replies, each with one act, is worth to somebody with that topic."""
    person = person_of("Ada, 30", words.DATA["intention"].format(topic=topic))
    *earlier, last = map(reply_with, acts)
    return value(Moment(person, tuple(earlier), last, 40, closed=False), world_setting)


def test_what_a_topic_calls_for_is_welcome_only_with_trust():
    dials = History.setting
    topic, worth = topics_of(dials)[0], worth_of(dials)
    act, trusting = worth.called_for[topic], sorted(worth.trusting)[0]
    alone, trusted = (
        worth_to(dials, topic, *before, act) for before in ([], [trusting] * dials.trust)
    )
    assert trusted > alone + dials.special


def test_in_a_chain_neither_skill_pays_alone():
    world = Chained()
    best, none = world.best_bank(), world.population_truth(Bank())
    opener, *others = best.skills
    alone = [world.population_truth(Bank(skills=(skill,))) for skill in (opener, others[0])]
    assert max(alone) < none + 4
    assert world.population_truth(best) > none + 15


def test_wordings_that_say_the_same_please_the_appraiser_unequally():
    dials = Taste.setting
    act, topic = worth_of(dials).plain[0], topics_of(dials)[0]
    person = person_of("Ada, 30", words.DATA["intention"].format(topic=topic))
    found = {
        value(Moment(person, (), words.written("say", act, wording), 40, closed=False), dials)
        for wording in range(4)
    }
    assert len(found) == 4


def test_where_there_is_nothing_to_gain_every_proposal_is_useless_or_harmful():
    world, rng = Nothing(), random.Random(0)
    none = world.population_truth(Bank())
    for _ in range(5):
        topic = rng.choice(topics_of(world.setting))
        idea = editor.idea_of(topic, "", rng, world.setting)
        draft = editor.skill_for(topic, idea, [], rng)
        assert world.population_truth(bank_with(draft)) < none + 3


def bank_with(draft: dict[str, object]) -> Bank:
    return Bank.model_validate({"skills": [draft]})


def test_a_single_skill_is_worth_a_realistic_few_points():
    for world in (Plain(), ManyNeeds()):
        none = world.population_truth(Bank())
        gains = [
            world.population_truth(Bank(skills=(skill,))) - none
            for skill in world.best_bank().skills[:4]
        ]
        assert 0 < fmean(gains) < 8


def test_few_proposals_are_what_a_topic_calls_for():
    rng = random.Random(0)
    for name, low, high in (("plain", 0.25, 0.5), ("few-ideas", 0.03, 0.2)):
        dials = dials_of(name)
        topic = topics_of(dials)[0]
        ideas = [editor.idea_of(topic, "", rng, dials).act for _ in range(400)]
        share = ideas.count(worth_of(dials).called_for[topic]) / len(ideas)
        assert low < share < high
