import json
from pathlib import Path

import pytest
from command_line import esc

from esc_skills.experiments.work.reference_supporters import measure_baselines
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.listener import MURMURS, SilentListener
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank


def test_a_silent_listener_asks_no_model_and_murmurs_in_the_seekers_language():
    listener = SilentListener()
    assert not listener.predictors()
    assert listener(history=[], message="I had a bad day.").reply == MURMURS["en"]
    assert listener(history=[], message="今天很糟。").reply == MURMURS["zh"]


def test_the_gain_is_paired_by_seeker_and_zero_over_the_bank_itself(
    models: Models, profiles: list[Profile], bank: Bank
):
    runner = Runner(models, threads=2)
    pairs = [(profile, 0) for profile in profiles[:8]]
    ours = runner.play(SupportAgent(bank), pairs)
    silent, plain = measure_baselines(runner, pairs, ours, 10)
    assert (silent.name, plain.name) == ("silent listener", "plain supporter")
    assert silent.gain is not None
    level = sum(100 * rollout.score for rollout in ours) / len(ours)
    assert silent.gain.mean == pytest.approx(level - silent.score.mean)
    empty = runner.play(SupportAgent(), pairs)
    _, same = measure_baselines(runner, pairs, empty, 10)
    assert same.gain is not None
    assert same.gain.mean == 0


def test_pairs_that_were_not_played_to_the_end_do_not_count(
    models: Models, profiles: list[Profile]
):
    runner = Runner(models, threads=2)
    pairs = [(profile, 0) for profile in profiles[:3]]
    ours = runner.play(SupportAgent(), pairs)
    lost = ours[0].model_copy(update={"ending": "invalid", "error": "no answer"})
    silent, _ = measure_baselines(runner, pairs, [lost, *ours[1:]], 10)
    assert silent.gain is not None
    assert silent.gain.n == 2


@pytest.mark.slow
def test_evaluate_reports_the_gain_over_both(tmp_path: Path):
    done = esc("evaluate", "--limit", 3, "--baseline", "--json", cwd=tmp_path)
    rows = json.loads(done.stdout)["baselines"]
    assert [row["name"] for row in rows] == ["silent listener", "plain supporter"]
