"""The rehearsal with the habits of real models: what they cost in reading, and what they do not."""

import pytest

from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank


def runner_of(realism: float, threads: int = 2) -> Runner:
    engine = RehearsalEngine(WorldParameters(realism=realism))
    return Runner(Models(engines={"rehearsal": engine}), threads=threads)


@pytest.mark.parametrize("realism", [0.5, 1.0])
def test_dialogues_with_real_habits_are_played_to_their_end(
    profiles: list[Profile], bank: Bank, realism: float
):
    runner = runner_of(realism)
    pairs = [(profile, 0) for profile in profiles[:6]]
    rollouts = runner.play(SupportAgent(bank), pairs)
    said = " ".join(f"{e.reply} {e.seeker}" for r in rollouts for e in r.exchanges)
    assert all(rollout.valid for rollout in rollouts)
    assert not any(mark in said for mark in ("[[", "<think>", "```", "Supporter:", "**"))
    repaired = sum(row.repaired for row in runner.models.readings.rows)
    assert repaired > 0.1 * realism * sum(row.asked for row in runner.models.readings.rows)


def test_habits_are_drawn_from_seed_and_prompt_whatever_the_threads(
    profiles: list[Profile], bank: Bank
):
    pairs = [(profile, 0) for profile in profiles[:4]]
    one, two = (runner_of(0.5, threads).play(SupportAgent(bank), pairs) for threads in (1, 3))
    assert [r.exchanges for r in one] == [r.exchanges for r in two]
