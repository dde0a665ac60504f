import random
from collections.abc import Sequence

import pytest

from esc_skills.metrics.seekers.traits import ALL, Named, NamedTraits, recognition
from esc_skills.signatures.people import TRAITS, BigFive, Degree

ENDS: tuple[Degree, Degree] = ("low", "high")


def rows(name: str, told: Sequence[tuple[Degree, Named]]) -> list[NamedTraits]:
    every: dict[str, Named] = dict.fromkeys(TRAITS, "middle")
    return [
        NamedTraits(
            profile=f"p{place}",
            marked=BigFive.model_validate({name: degree}),
            named={**every, name: named},
        )
        for place, (degree, named) in enumerate(told)
    ]


def test_the_share_named_rightly_is_counted_with_chance_beside_it() -> None:
    told: list[tuple[Degree, Named]] = [
        ("low", "low"), ("low", "low"), ("high", "high"), ("high", "middle"),
    ]  # fmt: skip
    found, together = recognition(rows("openness", told))
    assert (found.trait, found.cells, found.share.mean) == ("openness", 4, 0.75)
    assert found.chance == pytest.approx((2 * 2 + 1 * 2) / 16)
    assert together.trait == ALL


def test_a_judge_who_always_says_the_same_is_at_chance() -> None:
    told: list[tuple[Degree, Named]] = [(ENDS[place < 6], "high") for place in range(8)]
    found, _ = recognition(rows("neuroticism", told))
    assert found.share.mean == found.chance == 0.75


def test_a_judge_who_guesses_is_near_chance() -> None:
    rng = random.Random(0)
    guesses: list[tuple[Degree, Named]] = [
        (rng.choice(ENDS), rng.choice(("low", "middle", "high"))) for _ in range(600)
    ]
    found, _ = recognition(rows("extraversion", guesses))
    assert abs(found.share.mean - found.chance) < 0.05


def test_traits_that_are_not_marked_do_not_count() -> None:
    assert recognition([]) == ()
    (plain,) = rows("openness", [("low", "low")])
    assert recognition([plain.model_copy(update={"marked": BigFive()})]) == ()
