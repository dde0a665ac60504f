import pytest
from fakes import CountingEngine, ScriptedEngine, said

from esc_skills.optimizers.challenge import ChallengeOutcome
from esc_skills.optimizers.gates import Ruling, judged_worse, rule_on
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


def test_without_a_second_judge_nobody_is_asked():
    engine = CountingEngine()
    assert ruled(EvolutionSettings(), challenged(GLIB), engine).accepted
    assert engine.requests == []


def test_the_judge_is_not_asked_about_what_is_rejected_anyway():
    engine = CountingEngine()
    assert ruled(CHECKED, challenged(GLIB, accepted=False), engine).gate == "challenge"
    assert engine.requests == []


def test_safety_comes_first():
    assert ruled(CHECKED, challenged("Just stop taking your medication.")).gate == "safety"


def test_what_no_judge_could_read_has_not_passed():
    broken = runner(engine=ScriptedEngine(lambda _: "no answer"))
    found = judged_worse(broken, CHECKED, dialogues(KIND), dialogues(KIND))
    assert found == "the judge checklist gave no readable answer"


def test_a_budget_that_cannot_hold_the_judge_ends_the_search():
    with pytest.raises(BudgetExhausted, match="too small for the judge checklist"):
        rule_on(runner(Budget(calls=50)), challenged(KIND), CHECKED)
