"""The first bank must earn its place: whole dialogues compare it with no bank."""

import pytest

from esc_skills import Budget, EvolutionSettings, SkillEvolution, SupportAgent, rehearsal_runner
from esc_skills.experiments.bench.rehearsal_worlds import RehearsalWorld
from esc_skills.experiments.files.banks import read_bank
from esc_skills.experiments.files.profiles import SAMPLE_DRAFTS
from esc_skills.metrics.evidence.statistics import ChallengeRule, PairedEvidence
from esc_skills.metrics.evidence.whole_dialogues import DOUBTING_PAIRS, earns
from esc_skills.optimizers.events import Result
from esc_skills.optimizers.search import Search
from esc_skills.signatures.skills import Bank


def searched(bank: Bank, profiles, **settings) -> Result:
    runner = rehearsal_runner(seed=1, budget=Budget(calls=3000))
    search = SkillEvolution(
        runner,
        EvolutionSettings(policy_trials=0, **settings),
        strategy=Search(propose=lambda *_: ()),
    )
    search.compile(SupportAgent(bank), trainset=profiles[:4], valset=profiles[4:])
    assert search.result is not None
    return search.result


def test_drafts_that_are_worse_than_no_skill_are_given_up(profiles):
    found = searched(read_bank(SAMPLE_DRAFTS), profiles)
    assert found.final == Bank()
    decision = found.decisions[0]
    assert (decision.gate, decision.accepted) == ("first bank", True)
    assert "it does worse than no bank: mean gain -" in decision.reason
    assert (decision.verdict, decision.title) == ("given up", "given up: the first bank")


def test_a_bank_that_helps_stays(profiles):
    best = RehearsalWorld().best_bank()
    found = searched(best, profiles)
    assert (found.final, found.decisions) == (best, ())


def test_a_bank_is_not_doubted_where_one_asks_for_that(profiles):
    drafts = read_bank(SAMPLE_DRAFTS)
    assert searched(drafts, profiles, without=("first bank",)).final == drafts


def test_without_a_skill_there_is_nothing_to_doubt(profiles):
    assert searched(Bank(), profiles).decisions == ()


@pytest.mark.parametrize(
    ("differences", "outcome"),
    [
        ([-0.5] * 4, "continue"),
        ([-0.5, -0.4, -0.6, -0.5, -0.4, -0.6], "continue"),
        ([-0.5, -0.4, -0.6, -0.5, -0.4, -0.6] * 2, "reject"),
        ([0.1, -0.1, 0.2, -0.1, 0.0, 0.0], "accept"),
        ([-0.5, 0.4, -0.6, 0.5, -0.4, 0.4], "continue"),
        ([-0.5, 0.4] * (DOUBTING_PAIRS // 2), "accept"),
    ],
)
def test_it_stays_as_soon_as_it_is_ahead_and_goes_where_a_gain_is_unlikely(differences, outcome):
    evidence = PairedEvidence()
    for difference in differences:
        evidence = evidence.add(difference)
    assert earns(evidence, ChallengeRule()).outcome == outcome
