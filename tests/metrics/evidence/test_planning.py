import random

import pytest

from esc_skills.metrics.evidence.planning import PAIR_SPREAD, reach_of_test, seekers_for
from esc_skills.metrics.evidence.statistics import UNSEEN_GAIN, clustered_interval


@pytest.mark.parametrize(("seekers", "replicates"), [(4, 4), (8, 4), (24, 2), (60, 1)])
def test_the_forecast_is_the_mean_width_of_the_interval_that_a_test_prints(seekers, replicates):
    rng, widths = random.Random(1), []
    for _ in range(300):
        gains = {
            str(i): [rng.gauss(10, PAIR_SPREAD) for _ in range(replicates)] for i in range(seekers)
        }
        found = clustered_interval(gains, bounds=(-1000, 1000), unseen=UNSEEN_GAIN)
        widths.append((found.high - found.low) / 2)
    assert reach_of_test(seekers, replicates) == pytest.approx(sum(widths) / 300, rel=0.04)


@pytest.mark.parametrize("reach", [30.0, 10.0, 5.0])
def test_the_seekers_for_a_reach_are_the_fewest(reach):
    seekers = seekers_for(reach, replicates=4)
    assert seekers is not None
    assert reach_of_test(seekers, 4) <= reach < reach_of_test(seekers - 1, 4)


def test_one_seeker_shows_nothing_about_others():
    assert reach_of_test(1, 100) == 100
