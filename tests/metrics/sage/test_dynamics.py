import pytest

from esc_skills.metrics.sage.dynamics import dynamics
from esc_skills.signatures.rollouts import Exchange, Rollout
from esc_skills.signatures.transcripts import Transcript


def dialogue(supporter: str, profile: str, *changes: int, replicate: int = 0) -> Transcript:
    emotion, exchanges = 40, []
    for change in changes:
        emotion += change
        exchanges.append(Exchange(seeker="Hm.", reply="I see.", emotion=emotion))
    rollout = Rollout(
        profile=profile, group="g", replicate=replicate, bank=supporter,
        exchanges=tuple(exchanges), ending="turn limit",
    )  # fmt: skip
    return Transcript(simulator="s", supporter=supporter, profile=None, rollout=rollout)


ROWS = [
    dialogue("one", "ann", 5, 10, 5), dialogue("one", "bob", -5, -10, -10),
    dialogue("two", "ann", 5, -5, 5), dialogue("two", "bob", 5, -5, -5),
]  # fmt: skip


def test_figures_of_a_few_dialogues_are_those_counted_by_hand():
    found = dynamics(ROWS)
    assert (found["change +5"], found["change -10"]) == (5 / 12, 2 / 12)
    assert found["rise after a rise"] == 2 / 4
    assert found["rise after a fall"] == 1 / 4
    # finals 60 and 15 against 45 and 35: differences +15 and -20
    assert found["sd of a paired difference"] == pytest.approx(24.75, abs=0.01)
    shares = [found[f"share of {part}"] for part in ("supporter", "profile", "rest")]
    assert sum(shares) == pytest.approx(1)


def test_replicates_are_tables_of_their_own_and_not_averaged_away():
    again = [row.rollout.model_copy(update={"replicate": 1}) for row in reversed(ROWS)]
    names = [row.supporter for row in reversed(ROWS)]
    more = [
        Transcript(simulator="s", supporter=name, profile=None, rollout=rollout)
        for name, rollout in zip(names, again, strict=True)
    ]
    assert dynamics([*ROWS, *more]) == pytest.approx(dynamics(ROWS))


def test_one_supporter_alone_has_no_dynamics_to_compare():
    with pytest.raises(ValueError, match="two supporters"):
        dynamics(ROWS[:2])
