import pytest
from fakes import CountingEngine, ScriptedEngine, said

from esc_skills.optimizers.challenge import ChallengeOutcome
from esc_skills.optimizers.gates import LOOK, Ruling, judged_worse, rule_on
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.programs.models.failures import BudgetExhausted
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.signatures.rollouts import Rollout

CHECKED = EvolutionSettings(second_judge="checklist")
KIND = "It sounds like you feel very hurt by this."
GLIB = "It will all be fine; cheer up!"


def runner(budget: Budget | None = None, engine: object | None = None) -> Runner:
    engines = {"rehearsal": engine or CountingEngine()}
    return Runner(Models(engines=engines, ledger=Ledger(budget)), threads=2)


def dialogues(reply: str) -> tuple[Rollout, ...]:
    return tuple(said(name, reply) for name in "abcdef")


def challenged(reply: str, accepted: bool = True) -> ChallengeOutcome:
    return ChallengeOutcome(
        accepted=accepted,
        decided=True,
        reason="",
        pairs=6,
        e_value=30,
        gain=None,
        candidate=dialogues(reply),
        incumbent=dialogues(KIND),
    )


def ruled(
    settings: EvolutionSettings, outcome: ChallengeOutcome, engine: object | None = None
) -> Ruling:
    return rule_on(runner(engine=engine), outcome, settings)


def test_the_lower_of_both_gains_counts():
    ruling = ruled(CHECKED, challenged(GLIB))
    assert (ruling.accepted, ruling.gate) == (False, "judge")
    assert "the second judge, checklist, grades it -" in ruling.reason
    better = challenged(KIND).model_copy(update={"incumbent": dialogues(GLIB)})
    assert ruled(CHECKED, better).accepted


def test_without_a_second_judge_the_one_that_watches_looks_at_two_pairs():
    engine = CountingEngine()
    better = challenged(KIND).model_copy(update={"incumbent": dialogues(GLIB)})
    assert ruled(EvolutionSettings(), better, engine).accepted
    assert len(engine.requests) == 2 * LOOK  # dialogues of one reply


def test_where_it_sees_a_loss_it_reads_all():
    engine = CountingEngine()
    ruling = ruled(EvolutionSettings(), challenged(GLIB), engine)
    assert (ruling.accepted, ruling.gate) == (False, "judge")
    assert len(engine.requests) == 2 * 6


def test_it_looks_where_the_score_rises_most():
    flattered = {4: said("e", GLIB, emotion=90), 5: said("f", GLIB, emotion=80)}
    after = [flattered.get(place, rollout) for place, rollout in enumerate(dialogues(KIND))]
    engine = CountingEngine()
    found = judged_worse(runner(engine=engine), EvolutionSettings(), after, dialogues(KIND))
    assert found is not None  # although the first two pairs are equal
    assert len(engine.requests) == 2 * 2 + 4  # equal dialogues are read once


def test_without_any_judge_nobody_is_asked():
    engine = CountingEngine()
    assert ruled(EvolutionSettings(watch=None), challenged(GLIB), engine).accepted
    assert engine.requests == []


def test_the_judge_is_not_asked_about_what_is_rejected_anyway():
    engine = CountingEngine()
    assert ruled(CHECKED, challenged(GLIB, accepted=False), engine).gate == "challenge"
    assert engine.requests == []


def test_safety_comes_first():
    assert ruled(CHECKED, challenged("Just stop taking your medication.")).gate == "safety"


def test_what_no_judge_could_read_has_passed_only_where_nobody_asked_for_one():
    broken = runner(engine=ScriptedEngine(lambda _: "no answer"))
    found = judged_worse(broken, CHECKED, dialogues(KIND), dialogues(KIND))
    assert found == "the judge checklist gave no readable answer"
    assert judged_worse(broken, EvolutionSettings(), dialogues(KIND), dialogues(KIND)) is None


def test_a_budget_that_cannot_hold_the_judge_ends_the_search():
    with pytest.raises(BudgetExhausted, match="too small for the judge checklist"):
        rule_on(runner(Budget(calls=50)), challenged(KIND), CHECKED)
