import pytest
from fakes import CountingEngine

from esc_skills.experiments.rehearsal.world import World
from esc_skills.metrics.statistics import ChallengeRule
from esc_skills.optimizers.challenge import PairSequence
from esc_skills.optimizers.counterfactual import TurnResult, TurnTrial
from esc_skills.optimizers.incumbent import Incumbent
from esc_skills.programs.ledger import Budget, Ledger
from esc_skills.programs.models import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank, Skill

RULE = ChallengeRule(error_rate=0.05)
SURE = World(selection_noise=0)
LISTEN = Skill(
    name="make-room",
    when_to_use="At the start, while the story unfolds.",
    guidance="Listen and reflect the feeling.",
)
BLAME_LATER = Skill(
    name="never-mind",
    when_to_use="When the moon is made of cheese.",
    guidance="Tell them that it will all be fine; cheer up.",
)
BLAME = LISTEN.model_copy(update={"guidance": "Tell them that it will all be fine; cheer up."})


def trial(
    profiles: list[Profile],
    before: Bank,
    after: Bank,
    *,
    world: World | None = None,
    budget: Budget | None = None,
) -> tuple[TurnTrial, Runner]:
    models = Models(engines={"rehearsal": CountingEngine(world)}, ledger=Ledger(budget))
    runner = Runner(models, threads=2)
    agent = SupportAgent(before)
    incumbent = Incumbent(agent, runner, PairSequence(profiles, 0, 0), profiles)
    return TurnTrial(runner, agent.with_bank(after), incumbent, RULE), runner


def decided(looked: TurnTrial, replies: int) -> TurnResult:
    """Read on until the evidence decides, or so many replies differ."""
    while True:
        looked.read(2)
        found = looked.found
        if looked.ended or found.outcome != "undecided" or found.replies >= replies:
            return found


def test_what_helps_passes_and_what_hurts_fails_for_a_few_hundred_calls(profiles: list[Profile]):
    better, worse = Bank(skills=(LISTEN,)), Bank(skills=(BLAME,))
    helped, runner = trial(profiles[:8], worse, better)
    found = decided(helped, 96)
    assert found.outcome == "pass"
    assert found.gain is not None
    assert found.gain.mean > 0
    assert runner.ledger.spend.calls < 1000
    hurt, _ = trial(profiles[:8], better, worse)
    assert decided(hurt, 96).outcome == "fail"


def test_where_no_changed_skill_is_used_nothing_differs_and_no_reply_is_paid(
    profiles: list[Profile],
):
    bank = Bank(skills=(LISTEN,))
    elsewhere = Skill(
        name="never", when_to_use="When the moon is made of cheese.", guidance="Offer crackers."
    )
    looked, runner = trial(profiles[:4], bank, Bank(skills=(LISTEN, elsewhere)), world=SURE)
    found = decided(looked, 32)
    assert (found.outcome, found.replies, found.e_value) == ("idle", 0, 1.0)
    played = runner.ledger.spend.rollouts
    assert played == 4
    logged = looked.incumbent.states({profile.id: 9 for profile in profiles[:4]}, play=False)
    moments = [state for states in logged.values() for state in states]
    paid = sum({s.profile.id: s.rollout.spend.calls for s in moments}.values())
    assert runner.ledger.spend.calls <= paid + len(moments)


@pytest.mark.parametrize("honours_seeds", [True, False])
def test_words_without_effect_do_not_pass(profiles: list[Profile], honours_seeds: bool):
    reworded = LISTEN.model_copy(update={"guidance": f"{LISTEN.guidance} (Second version.)"})
    passed = 0
    for first in (0, 6, 12):
        looked, _ = trial(
            profiles[first : first + 6],
            Bank(skills=(LISTEN,)),
            Bank(skills=(reworded,)),
            world=World(honours_seeds=honours_seeds),
        )
        passed += decided(looked, 48).outcome == "pass"
    assert passed == 0


def test_a_skill_elsewhere_in_the_bank_does_not_count_even_if_it_is_chosen_otherwise(
    profiles: list[Profile],
):
    twin = LISTEN.model_copy(update={"name": "make-space"})
    before, after = Bank(skills=(LISTEN, twin)), Bank(skills=(LISTEN, twin, BLAME_LATER))
    assert before.changed_skills(after) == {"never-mind"}
    looked, _ = trial(profiles[:4], before, after, world=SURE)
    assert decided(looked, 16).outcome == "idle"


def test_the_end_of_the_budget_is_said_and_not_scored(profiles: list[Profile]):
    looked, _ = trial(profiles[:8], Bank(), Bank(skills=(LISTEN,)), budget=Budget(calls=150))
    found = decided(looked, 96)
    assert looked.ended
    assert found.outcome == "undecided"
