import pytest

from esc_skills.experiments.bench.guarantees import CASES, searched, true_gain
from esc_skills.experiments.bench.simulated import SimulatedRunner, seekers
from esc_skills.programs.support.support_agent import SupportAgent

BY_NAME = {case.name: case for case in CASES}


@pytest.mark.parametrize(
    ("name", "gain"),
    [("helps everybody: +20", 20), ("helps at once, harms later: -14", -14), ("no effect", 0)],
)
def test_an_edit_gains_what_its_name_says(name: str, gain: float):
    assert true_gain(BY_NAME[name]) == pytest.approx(gain, abs=1.5)


def test_dialogues_are_long_and_as_noisy_as_published_ones():
    bank = BY_NAME["no effect"].bank
    runner = SimulatedRunner({}, None, seed=0)
    played = runner.play(SupportAgent(bank), [(profile, 0) for profile in seekers(96)])
    ends = [rollout.emotions[-1] for rollout in played]
    assert sum(end >= 100 for end in ends) > 3
    assert sum(end < 10 for end in ends) > 30
    assert runner.ledger.spend.calls / len(played) == pytest.approx(30, abs=5)


def test_a_search_spends_its_calls_on_deciding_and_the_same_seed_ends_the_same():
    case = BY_NAME["harms everybody: -20"]
    first, again = (searched(case, 2_000, seed=3) for _ in range(2))
    assert first == again
    assert first.kept == 0
    assert first.calls <= 2_000
