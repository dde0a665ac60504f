from fakes import CountingEngine

from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.bundles import groups_of
from esc_skills.optimizers.candidates import Candidate
from esc_skills.optimizers.events import Analysed, Event
from esc_skills.optimizers.proposing import propose
from esc_skills.optimizers.settings import EvolutionSettings, Ingredient
from esc_skills.optimizers.strategy import open_task
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import Edit, RewriteField, SetPolicy, apply_edit
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Spend
from esc_skills.signatures.skills import Bank, PolicyParameters, Skill

OPEN = Skill(name="open", when_to_use="At the start.", guidance="Greet them.")
CLOSE = Skill(name="close", when_to_use="At the end.", guidance="Say goodbye.")
FAILED = "add juggling: an edit that was rejected"


def rewrite(name: str, guidance: str) -> Edit:
    return RewriteField(name=name, field="guidance", text=guidance, reason="a test")


def proposed(
    profiles: list[Profile], bank: Bank, *without: Ingredient
) -> tuple[str, tuple[object, ...]]:
    """(All that the models were asked, the credit that was reported) in one generation."""
    engine, events = CountingEngine(), list[Event]()

    def note(event: Event) -> None:
        events.append(event)

    settings = EvolutionSettings(train_rollouts=2, without=without)
    runner = Runner(Models(engines={"rehearsal": engine}), threads=2)
    task = open_task(SupportAgent(bank), profiles[:2], profiles[2:3], runner, settings, [note])
    task.record.rejected.append(FAILED)
    propose(task)
    (analysed,) = (event for event in events if isinstance(event, Analysed))
    return " ".join(str(request) for request in engine.requests), analysed.credit


def test_the_editor_is_told_what_was_rejected_unless_it_does_without(profiles, bank):
    assert FAILED in proposed(profiles, bank)[0]
    assert FAILED not in proposed(profiles, bank, "rejected edits")[0]


def test_credit_is_read_off_the_dialogues_unless_the_search_does_without(profiles, bank):
    assert proposed(profiles, bank)[1]
    assert not proposed(profiles, bank, "credit")[1]


def test_edits_of_different_skills_share_a_trial_and_edits_of_one_skill_do_not():
    bank = Bank(skills=(OPEN, CLOSE))
    rewrites = [rewrite("open", "Listen."), rewrite("open", "Ask."), rewrite("close", "Sum up.")]
    candidates = [
        Candidate(edit, bank, apply_edit(bank, edit), ChallengeRule(), Spend()) for edit in rewrites
    ]
    first, second, third = candidates
    assert groups_of(bank, candidates) == [[first, third], [second]]


def test_an_edit_of_the_policy_is_tried_alone_since_it_may_change_any_reply():
    bank = Bank(skills=(OPEN, CLOSE))
    policy = SetPolicy(parameters=PolicyParameters(warm_up=1), reason="a test")
    candidates = [
        Candidate(edit, bank, apply_edit(bank, edit), ChallengeRule(), Spend())
        for edit in (rewrite("open", "Listen."), policy)
    ]
    first, second = candidates
    assert groups_of(bank, candidates) == [[first], [second]]
