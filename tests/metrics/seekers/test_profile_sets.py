import random

import pytest

from esc_skills.metrics.seekers.profile_sets import audit_set


def cells(
    levels: dict[str, float], noise: float, profiles: int = 40
) -> dict[str, dict[str, float]]:
    """Supporters with true levels, met by profiles with noise; ends at 0 and 100 like emotions."""
    rng = random.Random(1)
    return {
        name: {
            f"p{place}": min(100.0, max(0.0, level + rng.gauss(0, noise)))
            for place in range(profiles)
        }
        for name, level in levels.items()
    }


SKILLED = {"a": 30.0, "b": 45.0, "c": 60.0, "d": 75.0}
ALIKE = dict.fromkeys("abcd", 50.0)


def test_a_set_that_knows_ranks_stably_and_one_of_noise_does_not():
    good, bad = audit_set(cells(SKILLED, 10)), audit_set(cells(ALIKE, 30))
    assert good.halves is not None
    assert bad.halves is not None
    assert good.halves.low > 0.9
    assert bad.halves.low < 0.5
    assert good.order.low > 0.8
    assert bad.order.low < 0.6


def test_a_whole_set_is_more_stable_than_its_half():
    found = audit_set(cells(SKILLED, 40))
    assert found.halves is not None
    assert found.whole is not None
    assert found.whole.mean == pytest.approx(2 * found.halves.mean / (1 + found.halves.mean))
    assert found.halves.low <= found.halves.mean <= found.halves.high


def test_seekers_who_end_alike_and_those_against_the_rest_are_named():
    table = cells(SKILLED, 1, profiles=8)
    for level, row in enumerate(table.values()):
        row["hopeless"] = 0.0
        row["contrary"] = 100.0 - 20 * level
    found = {row.profile: row for row in audit_set(table).information}
    assert (found["hopeless"].information, found["hopeless"].order) == ("same end", 0.5)
    assert (found["contrary"].information, found["contrary"].order) == ("against the rest", 0.0)
    assert found["p0"].information == "tells apart"


def test_the_same_seed_gives_the_same_audit():
    assert audit_set(cells(SKILLED, 30), seed=3) == audit_set(cells(SKILLED, 30), seed=3)


def test_two_supporters_have_no_ranking_and_one_no_audit():
    found = audit_set(cells({"a": 30, "b": 60}, 10))
    assert found.halves is None
    assert found.order.mean > 0.9
    with pytest.raises(ValueError, match="two supporters must share two profiles"):
        audit_set(cells({"a": 30}, 10))
    with pytest.raises(ValueError, match="0 profiles that all of them met"):
        audit_set({"a": {"x": 1, "y": 2}, "b": {"z": 3}})


def test_supporters_without_any_difference_have_no_ranking():
    found = audit_set({name: {f"p{n}": 10.0 * n for n in range(8)} for name in "abc"})
    assert found.halves is None
    assert {row.information for row in found.information} == {"same end"}
