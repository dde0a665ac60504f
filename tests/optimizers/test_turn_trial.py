import pytest
from fakes import CountingEngine

from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.candidates import Candidate
from esc_skills.optimizers.challenge import PairSequence
from esc_skills.optimizers.incumbent import Incumbent
from esc_skills.optimizers.turn_trial import TurnTrial
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import AddSkill, Edit, RewriteField, apply_edit
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank, Skill

RULE = ChallengeRule(error_rate=0.05)
SURE = WorldParameters(selection_noise=0)
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
MOON = Skill(
    name="never", when_to_use="When the moon is made of cheese.", guidance="Offer crackers."
)
CHEESE = MOON.model_copy(update={"name": "cheese"})
BLAME = LISTEN.model_copy(update={"guidance": "Tell them that it will all be fine; cheer up."})


def rewritten(skill: Skill) -> Edit:
    return RewriteField(name=skill.name, field="guidance", text=skill.guidance, reason="a test")


def added(skill: Skill) -> Edit:
    return AddSkill(skill=skill, reason="a test")


def trial(
    profiles: list[Profile],
    before: Bank,
    *edits: Edit,
    engine: CountingEngine | None = None,
    budget: Budget | None = None,
    threads: int = 2,
) -> tuple[TurnTrial, Runner]:
    models = Models(engines={"rehearsal": engine or CountingEngine()}, ledger=Ledger(budget))
    runner = Runner(models, threads=threads)
    agent = SupportAgent(before)
    incumbent = Incumbent(agent, runner, PairSequence(profiles, 0, 0), profiles)
    candidates = [Candidate(e, before, apply_edit(before, e), RULE, Spend()) for e in edits]
    return TurnTrial(runner, incumbent, candidates), runner


def decided(looked: TurnTrial, replies: int) -> Candidate:
    """Read on until the evidence on the first edit decides, or so many of its replies differ."""
    candidate = looked.candidates[0]
    while candidate.status == "undecided" and candidate.evidence.n < replies:
        looked.read(2)
        if looked.ended:
            break
    return candidate


def test_what_helps_passes_and_what_hurts_fails_for_a_few_hundred_calls(profiles: list[Profile]):
    helped, runner = trial(profiles[:8], Bank(skills=(BLAME,)), rewritten(LISTEN))
    found = decided(helped, 96)
    assert found.status == "pass"
    gain = found.gain(8)
    assert gain is not None
    assert gain.mean > 0
    assert runner.ledger.spend.calls < 1000
    hurt, _ = trial(profiles[:8], Bank(skills=(LISTEN,)), rewritten(BLAME))
    assert decided(hurt, 96).status == "fail"


def test_edits_of_different_skills_are_told_apart_in_one_reading(profiles: list[Profile]):
    hurting = LISTEN.model_copy(update={"name": "no-room", "guidance": BLAME.guidance})
    looked, runner = trial(
        profiles[:8],
        Bank(skills=(BLAME,)),
        rewritten(LISTEN),
        added(hurting),
        added(MOON),
    )
    helps, hurts, idle = looked.candidates
    for _ in range(11):
        looked.read(1)
    assert helps.evidence.mean > hurts.evidence.mean
    assert helps.evidence.n > 3
    assert hurts.evidence.n > 3
    assert idle.evidence.n < min(helps.evidence.n, hurts.evidence.n)
    assert runner.ledger.spend.calls < 1000


def test_a_reply_tells_of_the_edit_whose_skill_it_uses(profiles: list[Profile]):
    twin = LISTEN.model_copy(update={"name": "make-space"})
    looked, _ = trial(profiles[:4], Bank(), added(LISTEN), added(twin))
    first, second = looked.candidates
    looked.read(4)
    assert first.differs | second.differs
    for seeker, moments in first.changes.items():
        assert moments.keys() == second.changes[seeker].keys()
        assert not any(moments[at] and second.changes[seeker][at] for at in moments)


def test_an_edit_takes_no_credit_for_what_another_one_does(profiles: list[Profile]):
    """One edit stops a bad skill, so that another one is used; the other edit only rewords that."""
    harmful = BLAME.model_copy(update={"name": "blame"})
    stops: Edit = RewriteField(
        name="blame", field="when_to_use", text="When the moon is made of cheese.", reason="a test"
    )
    reworded = LISTEN.model_copy(update={"guidance": f"{LISTEN.guidance} (Second version.)"})
    looked, _ = trial(
        profiles[:8],
        Bank(skills=(harmful, LISTEN)),
        stops,
        rewritten(reworded),
        engine=CountingEngine(SURE),
    )
    stopped, other = looked.candidates
    for _ in range(5):
        looked.read(1)
    assert stopped.evidence.n > 10
    assert stopped.evidence.mean > 0.1
    assert abs(other.evidence.mean) < stopped.evidence.mean / 2


def test_an_edit_that_fails_leaves_the_bank_to_the_others(profiles: list[Profile]):
    looked, _ = trial(profiles[:8], Bank(skills=(LISTEN,)), rewritten(BLAME), added(MOON))
    hurts, _ = looked.candidates
    while hurts.status == "undecided":
        looked.read(1)
    assert hurts.status == "fail"
    assert hurts not in looked.candidates


def test_where_no_changed_skill_is_used_nothing_differs_and_no_reply_is_paid(
    profiles: list[Profile],
):
    looked, runner = trial(
        profiles[:4], Bank(skills=(LISTEN,)), added(MOON), engine=CountingEngine(SURE)
    )
    found = decided(looked, 32)
    assert (found.status, found.evidence.n, found.evidence.e_value) == ("idle", 0, 1.0)
    assert found.gain(8) is None
    assert runner.ledger.spend.rollouts == 4
    logged = {p.id: looked.incumbent.known(p.id)[0].rollout for p in profiles[:4]}
    paid = sum(rollout.spend.calls for rollout in logged.values())
    assert runner.ledger.spend.calls <= paid + found.moments


@pytest.mark.parametrize("honours_seeds", [True, False])
def test_words_without_effect_do_not_pass(profiles: list[Profile], honours_seeds: bool):
    reworded = LISTEN.model_copy(update={"guidance": f"{LISTEN.guidance} (Second version.)"})
    passed = 0
    for first in (0, 6, 12):
        looked, _ = trial(
            profiles[first : first + 6],
            Bank(skills=(LISTEN,)),
            rewritten(reworded),
            engine=CountingEngine(WorldParameters(honours_seeds=honours_seeds)),
            threads=1,  # where seeds are ignored, the order of calls is all there is to repeat
        )
        passed += decided(looked, 48).status == "pass"
    assert passed <= 1  # each passes by chance with 5%, two of three with 0.7%


def test_a_skill_elsewhere_in_the_bank_does_not_count_even_if_it_is_chosen_otherwise(
    profiles: list[Profile],
):
    twin = LISTEN.model_copy(update={"name": "make-space"})
    before = Bank(skills=(LISTEN, twin))
    looked, _ = trial(profiles[:4], before, added(BLAME_LATER), engine=CountingEngine(SURE))
    assert looked.candidates[0].about == {"never-mind"}
    assert decided(looked, 16).status == "idle"


def test_the_end_of_the_budget_is_said_and_not_scored(profiles: list[Profile]):
    looked, _ = trial(profiles[:8], Bank(), added(LISTEN), budget=Budget(calls=150))
    found = decided(looked, 96)
    assert looked.ended
    assert found.status == "undecided"


def test_what_an_edit_has_seen_in_one_trial_does_not_count_again_in_the_next(
    profiles: list[Profile],
):
    looked, runner = trial(profiles[:2], Bank(skills=(BLAME,)), rewritten(LISTEN), added(MOON))
    edit, other = looked.candidates
    looked.read(4, [edit])
    seen = edit.evidence.n
    before = other.parent
    newcomer = Candidate(added(CHEESE), before, apply_edit(before, added(CHEESE)), RULE, Spend())
    TurnTrial(runner, looked.incumbent, [edit, newcomer]).read(4, [newcomer])
    assert newcomer.moments == 8
    assert (seen > 0, edit.evidence.n) == (True, seen)
