import pytest
from transcript_files import scored

from esc_skills.metrics.sage.leaderboard import leaderboards
from esc_skills.metrics.sage.simulator_agreement import SimulatorAgreement, simulator_agreements

MILD = {"a": 30, "b": 50, "c": 60, "d": 80}


def agreement(harsh: dict[str, int]) -> tuple[SimulatorAgreement, ...]:
    rows = [
        scored(final, seeker="s", supporter=name, simulator=simulator)
        for simulator, finals in (("1 mild", MILD), ("2 harsh", harsh))
        for name, final in finals.items()
    ]
    return simulator_agreements(leaderboards(rows))


def test_levels_may_differ_where_the_order_is_the_same():
    (found,) = agreement({"a": 10, "b": 20, "c": 40, "d": 70, "alone": 90})
    assert (found.simulators, found.supporters) == (("1 mild", "2 harsh"), 4)
    assert found.order is not None
    assert found.order.mean == pytest.approx(1)
    assert found.gaps == (-30, -10)


def test_an_order_turned_round_is_told_and_too_few_say_nothing():
    (turned,) = agreement({"a": 80, "b": 60, "c": 50, "d": 30})
    assert turned.order is not None
    assert turned.order.mean == pytest.approx(-1)
    (few,) = agreement({"a": 10, "b": 20})
    assert few.order is None
    assert agreement({"alone": 10}) == ()
