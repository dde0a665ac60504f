"""What dies costs its calls under way, and changes nothing."""

import pytest

from esc_skills.experiments.bench.kills import THREADS, WORKERS, kills

pytestmark = pytest.mark.slow


def test_a_search_whose_driver_is_killed_ends_with_the_same_bank_and_pays_nothing_twice():
    (drivers,) = kills(workers=0, drivers=2)
    assert (drivers.kills, drivers.same, drivers.twice) == (2, True, 0)
    assert drivers.again <= 2 * THREADS


def test_a_search_whose_workers_are_killed_ends_with_the_same_bank_and_pays_nothing_twice():
    pytest.importorskip("ray")
    (workers,) = kills(workers=3, drivers=0)
    assert (workers.kills, workers.same, workers.twice) == (3, True, 0)
    # an answer that its worker has not told yet is lost with it
    assert workers.again <= 2 * 3 * THREADS // WORKERS
