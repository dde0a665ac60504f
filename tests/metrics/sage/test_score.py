from typing import Any

import dspy
import pytest

from esc_skills.metrics.sage.credit import credit
from esc_skills.metrics.sage.score import MissingScore, sage_score
from esc_skills.metrics.sage.summary import by_group, curve, half_up, summarize
from esc_skills.programs.models.roles import Models
from esc_skills.programs.simulation.dialogue import Dialogue
from esc_skills.programs.simulation.seeker import Seeker
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Appraisal, Exchange, Rollout
from esc_skills.signatures.skills import Bank


def rollout(*emotions: int, profile: str = "p", skill: str | None = None) -> Rollout:
    def appraisal(change: int) -> Appraisal:
        change = max(-10, min(10, change))
        return Appraisal(meaning="m", goal_fit="g", inner_activity="i", feeling="f", change=change)

    steps = zip((40, *emotions), emotions, strict=False)
    exchanges = tuple(
        Exchange(seeker="s", reply="r", skill=skill, appraisal=appraisal(b - a), emotion=b)
        for a, b in steps
    )
    ending = "success" if emotions[-1] >= 100 else "failure" if emotions[-1] < 10 else "turn limit"
    return Rollout(
        profile=profile, group=profile, replicate=0, bank="b", exchanges=exchanges, ending=ending
    )


def lost() -> Rollout:
    return Rollout(profile="p", group="p", replicate=0, bank="b", ending="invalid", error="timeout")


def test_the_score_is_the_final_emotion_and_the_feedback_names_the_costliest_turn():
    judged = sage_score(dspy.Example(), dspy.Prediction(rollout=rollout(50, 40, 45)))
    assert judged.score == 0.45
    assert "Turn 1 cost 10 points" in judged.feedback


def test_missing_data_has_no_score_instead_of_zero():
    with pytest.raises(MissingScore, match="missing data: timeout"):
        sage_score(dspy.Example(), dspy.Prediction(rollout=lost()))
    with pytest.raises(MissingScore, match="needs a prediction of `Dialogue`"):
        sage_score(dspy.Example(), dspy.Prediction(reply="hello"))


def silent(profile: str = "p") -> Rollout:
    return lost().model_copy(update={"ending": "no reply", "profile": profile, "group": profile})


def test_a_summary_counts_silence_as_a_final_emotion_of_0():
    summary = summarize([rollout(60), silent(), lost()])
    assert (summary.rollouts, summary.silent, summary.invalid) == (2, 1, 1)
    assert (summary.score.mean, summary.failure, summary.replies) == (30, 0.5, 1)
    assert (summary.curve[0], summary.curve[-1]) == (40, 30)
    assert summarize([silent()]).score.mean == 0


def test_a_summary_counts_success_at_100_failure_under_10_and_leaves_missing_data_out():
    summary = summarize([rollout(50, 100), rollout(5), rollout(10), lost()])
    assert (summary.rollouts, summary.invalid) == (3, 1)
    assert summary.success == pytest.approx(1 / 3)
    assert summary.failure == pytest.approx(1 / 3)


@pytest.mark.parametrize(("value", "shown"), [(61.25, 61.3), (37.55, 37.6), (28.95, 29.0)])
def test_scores_are_rounded_half_up_as_sage_publishes_them(value: float, shown: float):
    assert half_up(value) == shown


def test_the_curve_keeps_the_last_value_of_an_ended_dialogue():
    assert curve([rollout(50, 100), rollout(30)])[:4] == (40, 40, 65, 65)


def test_the_curve_goes_on_for_dialogues_that_are_longer_than_the_protocol():
    long = rollout(*[50] * 12, 60)
    assert curve([long, rollout(50, 100)])[-2:] == (75, 80)


def test_groups_of_missing_data_are_left_out():
    assert set(by_group([rollout(50, profile="a"), lost(), silent("b")])) == {"a", "b"}


def test_credit_compares_replies_at_a_like_emotion():
    rows = {row.skill: row for row in credit([rollout(50, skill="good"), rollout(30, skill="bad")])}
    assert rows["good"].lift == 10
    assert rows["bad"].lift == -10


def examples(profiles: list[Profile]) -> list[dspy.Example]:
    return [
        dspy.Example(profile=p, replicate=0).with_inputs("profile", "replicate")
        for p in profiles[:4]
    ]


def test_the_predictors_of_a_dialogue_are_those_of_its_agent(bank: Bank):
    agent = SupportAgent(bank)
    dialogue = Dialogue(agent)
    assert [p for _, p in dialogue.named_predictors()] == [agent.select, agent.respond]
    modules = [name for name, _ in dialogue.named_sub_modules(dspy.Module)]
    assert not [name for name in modules if "seeker" in name]


def simulator(seeker: Seeker) -> str:
    """All that an optimizer could have changed of the simulator."""
    stages = {name: part for name, part in vars(seeker).items() if isinstance(part, dspy.Predict)}
    return repr([(name, stage.dump_state(), stage.signature) for name, stage in stages.items()])


def stock(name: str, models: Models) -> tuple[Any, dict[str, Any]]:
    """A stock optimizer of DSPy, as small as it gets, and what else its `compile` takes."""
    analyst = models.lms["analyst"]
    few: dict[str, Any] = {"max_bootstrapped_demos": 2, "max_labeled_demos": 0}
    score: Any = sage_score
    match name:
        case "BootstrapFewShot":
            return dspy.BootstrapFewShot(metric=score, metric_threshold=0.3, **few), {}
        case "LabeledFewShot":
            return dspy.LabeledFewShot(k=1), {}
        case "BootstrapFewShotWithRandomSearch":
            return dspy.BootstrapFewShotWithRandomSearch(
                metric=score, num_candidate_programs=1, num_threads=1, **few
            ), {}
        case "GEPA":
            return dspy.GEPA(
                metric=score,
                max_metric_calls=40,
                reflection_lm=analyst,
                reflection_minibatch_size=2,
                num_threads=1,
            ), {"valset": 2}
        case "MIPROv2":
            return dspy.MIPROv2(
                metric=score,
                auto=None,
                num_candidates=2,
                prompt_model=analyst,
                task_model=models.lms["supporter"],
                max_bootstrapped_demos=1,
                max_labeled_demos=0,
                num_threads=1,
            ), {"valset": 2, "num_trials": 2, "minibatch": False}
        case "SIMBA":
            return dspy.SIMBA(
                metric=score, bsize=2, num_candidates=2, max_steps=1, prompt_model=analyst,
                num_threads=1,
            ), {}  # fmt: skip
        case _:
            return dspy.COPRO(metric=score, breadth=2, depth=1, prompt_model=analyst), {
                "eval_kwargs": {"num_threads": 1, "display_progress": False}
            }


STOCK = [
    *("BootstrapFewShot", "LabeledFewShot", "BootstrapFewShotWithRandomSearch", "GEPA"),
    *("MIPROv2", "SIMBA", "COPRO"),
]


@pytest.mark.parametrize("name", STOCK)
def test_a_stock_optimizer_compiles_the_supporter_and_cannot_touch_its_simulator(
    name: str, models: Models, profiles: list[Profile], bank: Bank
):
    before = simulator(Seeker())
    student = Dialogue(SupportAgent(bank))
    with models.active():
        optimizer, options = stock(name, models)
        if "valset" in options:
            options["valset"] = examples(profiles)[: options["valset"]]
        compiled = optimizer.compile(student, trainset=examples(profiles), **options)
        played = compiled(profile=profiles[0], replicate=1).rollout
    assert simulator(compiled.seeker) == simulator(student.seeker) == before
    assert compiled.agent.bank.value == bank
    assert played.valid
    if name == "BootstrapFewShot":
        assert compiled.agent.respond.demos


def test_the_trace_that_optimizers_learn_from_shows_the_supporter_only(
    models: Models, profiles: list[Profile], bank: Bank
):
    dialogue = Dialogue(SupportAgent(bank))
    with models.active(), dspy.context(trace=[]):
        dialogue(profile=profiles[0])
        seen = {id(predictor) for predictor, _, _ in dspy.settings.trace}
    assert seen == {id(predictor) for _, predictor in dialogue.named_predictors()}
