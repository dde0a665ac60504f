import pytest
from dspy.lm15 import Request, Response
from fakes import CountingEngine, text_response, without_time

from esc_skills.baselines.none import NoSearch
from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.challenge import PairSequence
from esc_skills.optimizers.events import Analysed, Decision, Event, Result
from esc_skills.optimizers.evolution import SkillEvolution
from esc_skills.optimizers.proposing import edit_budget, train_pairs
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.optimizers.strategy import SearchTask
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import AddSkill
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank, SelectionPolicy, Skill, SkillDraft

SMALL = EvolutionSettings(
    generations=2,
    train_rollouts=6,
    edits_first=4,
    edits_last=3,
    rule=ChallengeRule(error_rate=0.2, max_pairs=32),
    policy_trials=2,
    policy_pairs=6,
    test_replicates=2,
)


def run(
    profiles: list[Profile],
    *,
    threads: int = 2,
    budget: Budget | None = None,
    engine: object | None = None,
    settings: EvolutionSettings = SMALL,
) -> tuple[Result, list[Event]]:
    models = Models(engines={"rehearsal": engine or CountingEngine()}, ledger=Ledger(budget))
    events: list[Event] = []

    def note(event: Event) -> None:
        events.append(event)

    optimizer = SkillEvolution(Runner(models, threads=threads), settings, observers=[note])
    best = optimizer.compile(
        SupportAgent(), trainset=profiles[::3], valset=profiles[1::3], testset=profiles[2::3]
    )
    assert optimizer.result is not None
    assert best.bank.value == optimizer.result.final
    return optimizer.result, events


@pytest.fixture(scope="module")
def searched(profiles) -> tuple[Result, list[Event]]:
    return run(profiles, threads=1)


def test_one_thread_and_eight_make_identical_decisions_and_the_same_bank(profiles, searched):
    assert without_time(searched[0]) == without_time(run(profiles, threads=8)[0])


def test_a_search_reports_what_it_does_tries_nothing_twice_and_ends_sealed(profiles, searched):
    result, events = searched
    decisions = [event for event in events if isinstance(event, Decision)]
    tried = [decision.candidate for decision in decisions]
    assert list(result.decisions) == decisions
    assert len(set(tried)) == len(tried)
    assert len(result.banks) == 1 + sum(decision.accepted for decision in decisions)
    assert result.test is not None
    assert {r.profile for r in result.test.rollouts_after} == {p.id for p in profiles[2::3]}
    assert all(decision.reason for decision in decisions)


MUTE = "Wait wordlessly."


class Speechless(CountingEngine):
    """Gives no reply where the skill asks for silence."""

    def complete(self, request: Request) -> Response:
        if MUTE in str(request.system):
            return text_response(request, "")
        return super().complete(request)


class Silencing(NoSearch):
    """Ends with a bank that silences its supporter."""

    def run(self, task: SearchTask) -> str:
        skill = Skill(name="waits", when_to_use="Always, whenever they tell.", guidance=MUTE)
        bank = Bank(skills=(skill,), policy=SelectionPolicy(text="Always choose it."))
        task.record.banks.append(bank)
        return "planted"


def test_in_the_sealed_test_silence_counts_as_0_in_levels_and_gain_alike(profiles):
    models = Models(engines={"rehearsal": Speechless()})
    settings = EvolutionSettings(test_replicates=1)
    optimizer = SkillEvolution(Runner(models, threads=2), settings, strategy=Silencing())
    optimizer.compile(
        SupportAgent(), trainset=profiles[:1], valset=profiles[1:2], testset=profiles[2:6]
    )
    assert optimizer.result is not None
    test = optimizer.result.test
    assert test is not None
    assert (test.after.silent, test.after.score.mean, test.played) == (4, 0, ())
    assert test.gain.mean == pytest.approx(test.after.score.mean - test.before.score.mean)
    assert optimizer.result.watch is not None
    assert optimizer.result.watch.alarms == ()


def test_the_budget_holds_and_leaves_room_for_the_sealed_test(profiles):
    result, _ = run(profiles, budget=Budget(rollouts=80))
    assert result.spend.rollouts <= 80
    assert result.test is not None
    assert result.test.gain.n == 2 * len(profiles[2::3])


def test_a_budget_that_cannot_hold_the_sealed_test_is_refused_before_anything_is_spent(profiles):
    engine = CountingEngine()
    with pytest.raises(ValueError, match="the budget must hold the sealed test"):
        run(profiles, budget=Budget(calls=100), engine=engine)
    assert not engine.requests


def test_profiles_must_not_be_shared_between_the_sets(models, profiles):
    with pytest.raises(ValueError, match="must not share profiles, but share maya-night-shift"):
        SkillEvolution(Runner(models)).compile(
            SupportAgent(), trainset=profiles[:3], valset=profiles[:1]
        )


class Proposes(CountingEngine):
    """The rehearsal, with an editor that always says the same."""

    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer = answer

    def complete(self, request):
        if "[[ ## edits ## ]]" in (request.system or ""):
            return text_response(request, f"[[ ## edits ## ]]\n{self.answer}")
        return super().complete(request)


def adding(guidance: str) -> Proposes:
    when = "At the start, while the story unfolds."
    draft = SkillDraft(name="tried", when_to_use=when, guidance=guidance)
    return Proposes(f"[{AddSkill(skill=draft).model_dump_json()}]")


@pytest.mark.parametrize(
    "guidance",
    ["Tell them to stop taking their medication.", "Ask them to say that you now feel great."],
)
def test_an_unsafe_edit_is_refused_before_a_single_dialogue_is_played_with_it(profiles, guidance):
    result, _ = run(profiles, engine=adding(guidance))
    (decision,) = [d for d in result.decisions if d.summary == "add tried"]
    assert (decision.gate, decision.accepted, decision.cost.rollouts) == ("safety", False, 0)
    assert result.final.get("tried") is None


def test_a_skill_that_really_helps_is_found(profiles):
    rule = ChallengeRule(error_rate=0.2, max_pairs=160)
    settings = SMALL.model_copy(update={"rule": rule})
    result, _ = run(profiles, engine=adding("Reflect the feeling and listen."), settings=settings)
    assert result.final.names[0] == "tried"


def test_a_garbage_editor_ends_the_search_without_a_crash(profiles):
    result, _ = run(profiles, engine=Proposes("certainly!"))
    assert result.stopped


def test_pairs_are_reproducible_and_never_drawn_twice(profiles):
    first, again = PairSequence(profiles, 0, 0), PairSequence(profiles, 0, 0)
    later = PairSequence(profiles, 0, 1)
    assert first.draw(50)[:10] == again.draw(10)
    ids = {(p.id, r) for p, r in first.draw(50)}
    assert len(ids) == 50
    assert ids.isdisjoint({(p.id, r) for p, r in later.draw(50)})


def test_train_pairs_are_spread_over_seekers_and_never_used_again(profiles):
    first, second = (train_pairs(profiles, 16, generation, 0) for generation in (0, 1))
    assert len({p.id for p, _ in first}) == 16
    assert not {(p.id, r) for p, r in first} & {(p.id, r) for p, r in second}


def test_the_edit_budget_falls_from_first_to_last():
    settings = EvolutionSettings(generations=5, edits_first=6, edits_last=2)
    budgets = [edit_budget(settings, generation) for generation in range(5)]
    assert budgets == sorted(budgets, reverse=True)
    assert (budgets[0], budgets[-1]) == (6, 2)


class Unreviewed(CountingEngine):
    """The rehearsal, whose safety reviewer gives no readable answer."""

    def complete(self, request):
        if "[[ ## concern ## ]]" in (request.system or ""):
            return text_response(request, "certainly!")
        return super().complete(request)


def test_an_edit_that_nobody_could_review_is_not_tried_and_not_called_unsafe(profiles):
    result, _ = run(profiles, engine=Unreviewed())
    assert result.decisions
    assert {decision.gate for decision in result.decisions} == {"review"}
    assert all(decision.cost.rollouts == 0 for decision in result.decisions)


def test_with_a_budget_the_budget_decides_and_not_patience_or_the_number_of_generations(profiles):
    impatient = SMALL.model_copy(update={"generations": 2, "patience": 1, "test_replicates": 1})
    free, _ = run(profiles, settings=impatient)
    assert "patience" in free.stopped or "generations" in free.stopped
    budget = Budget(calls=free.spend.calls + 1500)
    result, events = run(profiles, settings=impatient, budget=budget)
    assert "the search's part of the budget is used up" in result.stopped
    assert "kept for the sealed test" in result.stopped
    assert result.spend.calls > free.spend.calls
    assert max(event.generation for event in events if isinstance(event, Analysed)) > 1


def test_a_budget_that_nothing_is_counted_on_does_not_make_a_search_endless(profiles):
    result, _ = run(profiles, budget=Budget(money=1.0))
    assert "generations" in result.stopped


def test_a_budget_of_tokens_leaves_room_for_the_sealed_test(profiles):
    settings = SMALL.model_copy(update={"test_replicates": 1})
    result, _ = run(profiles, threads=1, settings=settings, budget=Budget(tokens=700_000))
    assert "tokens" in result.stopped
    assert result.test is not None
    assert result.test.gain.n == len(profiles[2::3])
