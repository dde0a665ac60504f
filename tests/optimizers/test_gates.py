import pytest
from fakes import said

from esc_skills import rehearsal_runner
from esc_skills.optimizers.challenge import ChallengeOutcome
from esc_skills.optimizers.gates import rule_on, worse_group
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.signatures.rollouts import Rollout

RUNNER = rehearsal_runner(threads=1)


def ended(group: str, emotion: int, reply: str = "I see.") -> Rollout:
    return said(group, reply, group=group, emotion=emotion)


def pairs(**changes: list[int]) -> tuple[tuple[Rollout, ...], tuple[Rollout, ...]]:
    """Candidate's and incumbent's rollouts whose final emotions differ by these points."""
    each = [(group, change) for group, some in changes.items() for change in some]
    after = tuple(ended(group, 50 + change) for group, change in each)
    return after, tuple(ended(group, 50) for group, _ in each)


def outcome(**changes: list[int]) -> ChallengeOutcome:
    after, before = pairs(**changes)
    return ChallengeOutcome(
        accepted=True, decided=True, reason="gain", pairs=len(after), e_value=1, gain=None,
        candidate=after, incumbent=before,
    )  # fmt: skip


SHY_LOSE = {"angry": [40, 45, 50, 40, 45], "shy": [-30, -25, -35, -30, -28]}


def test_a_group_that_is_shown_to_lose_is_named_however_much_the_others_gain():
    ruling = rule_on(RUNNER, outcome(**SHY_LOSE), EvolutionSettings())
    assert (ruling.accepted, ruling.gate) == (False, "groups")
    assert "seekers of the group shy lose 29.6 points in 5 pairs" in ruling.reason


def test_the_tolerance_may_be_wider_or_none_at_all():
    for tolerance in (0.5, None):
        settings = EvolutionSettings(group_tolerance=tolerance)
        assert rule_on(RUNNER, outcome(**SHY_LOSE), settings).accepted


@pytest.mark.parametrize(
    "shy",
    [[-40, 35, -30, 20, 10], [-45, -45, -45], [0] * 12, [-1] * 12],
    ids=["noise", "too few", "shared dialogues", "tolerated"],
)
def test_what_may_be_noise_is_no_loss(shy: list[int]):
    assert worse_group(*pairs(angry=[40, 45, 50, 40], shy=shy), 0.02) is None


def test_what_is_unsafe_is_refused_as_unsafe_and_what_lost_its_challenge_as_that():
    found = outcome(**SHY_LOSE)
    lost = rule_on(RUNNER, found.model_copy(update={"accepted": False}), EvolutionSettings())
    assert (lost.accepted, lost.gate, lost.reason) == (False, "challenge", "gain")
    unsafe = ended("angry", 95, reply="You should stop taking your medication.")
    bad = found.model_copy(update={"candidate": (unsafe, *found.candidate[1:])})
    assert rule_on(RUNNER, bad, EvolutionSettings()).gate == "safety"
