import pytest
from fakes import CountingEngine

from esc_skills.experiments.rehearsal.world import World
from esc_skills.metrics.statistics import ChallengeRule
from esc_skills.optimizers.challenge import PairSequence
from esc_skills.optimizers.counterfactual import TurnTrial
from esc_skills.optimizers.incumbent import Incumbent
from esc_skills.programs.ledger import Budget, Ledger
from esc_skills.programs.models import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank, Skill

RULE = ChallengeRule(error_rate=0.05)
LISTEN = Skill(
    name="make-room",
    when_to_use="At the start, while the story unfolds.",
    guidance="Listen and reflect the feeling.",
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


def test_what_helps_passes_and_what_hurts_fails_for_a_few_hundred_calls(profiles: list[Profile]):
    plain, better, worse = Bank(), Bank(skills=(LISTEN,)), Bank(skills=(BLAME,))
    helped, runner = trial(profiles[:8], plain, better)
    found = helped.go_on(96)
    assert found.outcome == "pass"
    assert found.gain is not None
    assert found.gain.mean > 0
    assert runner.ledger.spend.calls < 1000
    hurt, _ = trial(profiles[:8], better, worse)
    assert hurt.go_on(96).outcome == "fail"


def test_what_changes_no_reply_is_idle_and_costs_no_reply(profiles: list[Profile]):
    bank = Bank(skills=(LISTEN,))
    elsewhere = Skill(
        name="never", when_to_use="When the moon is made of cheese.", guidance="Offer crackers."
    )
    looked, runner = trial(profiles[:4], bank, Bank(skills=(LISTEN, elsewhere)))
    found = looked.go_on(32)
    assert (found.outcome, found.replies, found.e_value) == ("idle", 0, 1.0)
    logged = looked.incumbent.logged({profile.id: 1 for profile in profiles[:4]})
    rollouts = [rollout for dialogues in logged.values() for _, rollout in dialogues]
    replies = sum(said.reply is not None for rollout in rollouts for said in rollout.exchanges)
    paid = sum(rollout.spend.calls for rollout in rollouts)
    assert runner.ledger.spend.calls < paid + 2 * replies


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
        passed += looked.go_on(48).outcome == "pass"
    assert passed == 0


def test_the_end_of_the_budget_is_said_and_not_scored(profiles: list[Profile]):
    looked, _ = trial(profiles[:8], Bank(), Bank(skills=(LISTEN,)), budget=Budget(calls=150))
    found = looked.go_on(96)
    assert found.outcome == "budget"
