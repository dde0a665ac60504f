import math
from functools import reduce

import pytest

from esc_skills.experiments.bench.detection import (
    Edit,
    Tried,
    calls_at_best,
    calls_for_power,
    trial,
)
from esc_skills.experiments.bench.harm import EDITS, TrueEffect, counts, true_effects
from esc_skills.experiments.bench.match import Entry
from esc_skills.experiments.bench.nulls import Row, null_search
from esc_skills.experiments.bench.overhead import ClockedRunner
from esc_skills.experiments.bench.rehearsal_worlds import RehearsalWorld
from esc_skills.metrics.evidence.statistics import PairedEvidence
from esc_skills.programs.models.roles import Models
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank


def test_the_calls_for_a_power_are_those_within_which_that_share_has_passed():
    tried = [Tried(True, calls, PairedEvidence()) for calls in (400, 100, 300, 200)]
    tried.append(Tried(False, 50, PairedEvidence()))
    assert calls_for_power(tried) == 400
    assert calls_for_power([*tried, Tried(False, 10, PairedEvidence())]) == math.inf


def test_the_bound_on_a_trial_is_a_test_of_fixed_size_on_its_replies():
    replies = reduce(PairedEvidence.add, [0.6, -0.4] * 50, PairedEvidence())  # mean .1, spread .5
    tried = [Tried(True, 500, replies), Tried(False, 300, replies)]
    assert calls_at_best(tried) == pytest.approx(4 * 25 * (0.8416 + 1.6449) ** 2, rel=0.02)
    losing = reduce(PairedEvidence.add, [-0.6, 0.4] * 50, PairedEvidence())
    assert calls_at_best([Tried(False, 300, losing)]) == math.inf


@pytest.mark.slow
def test_a_trial_of_an_edit_that_helps_much_passes_for_a_fraction_of_the_price():
    world = RehearsalWorld()
    opening = world.best_bank().skills[0]
    tried = trial(Edit(world.parameters, Bank(), opening, 20.0), 0)
    assert tried.passed
    assert tried.calls < 1_000


def test_a_clocked_runner_plays_as_ever_and_knows_how_long(profiles):
    world = RehearsalWorld()
    runner = ClockedRunner(Models(engines={"rehearsal": world.engine()}), threads=1)
    (rollout,) = runner.play(SupportAgent(), [(profiles[0], 0)])
    assert rollout.valid
    assert 0 < runner.ledger.spend.seconds < runner.seconds


def test_harm_to_the_test_is_told_apart_from_harm_to_everybody():
    helps = TrueEffect(EDITS, validation=4.0, test=-2.0, everybody=1.5)
    harms = TrueEffect(EDITS, validation=-3.0, test=-3.0, everybody=-2.0)
    nothing = TrueEffect(EDITS, validation=0.5, test=-0.5, everybody=0.0)
    assert counts([helps, harms, nothing]) == (3, 1, 2, 1, 1)


@pytest.mark.slow
def test_the_edits_of_a_contest_add_up_to_its_gain():
    found = true_effects(Entry(world="default", optimizer="evolution", calls=2_000, seed=0))
    assert any(effect.kind == EDITS for effect in found)
    assert sum(effect.everybody for effect in found if effect.kind == EDITS) > 5


@pytest.mark.slow
def test_a_null_search_counts_what_it_accepts_and_spends():
    accepted, calls = null_search(Row("unseeded", 1, 0.05), 0)
    assert accepted in (0, 1)
    assert calls > 0
