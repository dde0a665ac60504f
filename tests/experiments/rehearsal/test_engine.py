from itertools import pairwise

import dspy
import pytest

from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.experiments.rehearsal.moves import moves_in, suppressed_in
from esc_skills.experiments.rehearsal.needs import need_cues, need_of_intention
from esc_skills.experiments.rehearsal.script import script
from esc_skills.experiments.rehearsal.supporter import MOVES_A_REPLY, respond
from esc_skills.experiments.rehearsal.truth import emotions, true_score
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.metrics.sage.summary import summarize
from esc_skills.programs.models.adapter import ChatAdapter, StructuredAdapter
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edit_drafts import typed_edit
from esc_skills.signatures.edits import apply_edit
from esc_skills.signatures.mining import AnnotateExchange
from esc_skills.signatures.reflection import ProposeEdits
from esc_skills.signatures.rollouts import Finding
from esc_skills.signatures.skills import Bank, SelectionPolicy, Skill

EVERYTHING = (
    "Listen, ask questions, paraphrase, reflect the feeling, praise, validate, disclose your own "
    "experience, interpret, weigh both sides, inform and suggest a next step."
)


def one(guidance: str, when: str = "At the start, while the story unfolds.") -> Bank:
    return Bank(skills=(Skill(name="it", when_to_use=when, guidance=guidance),))


def score(bank: Bank, profiles, **world: object) -> float:
    return 100 * true_score(bank, profiles, WorldParameters.model_validate(world), dialogues=25)


def test_a_skill_that_lists_every_strategy_does_no_better_than_none(profiles):
    assert score(one(EVERYTHING), profiles) == pytest.approx(score(Bank(), profiles), abs=3)


def test_exploring_first_helps_and_advice_before_it_hurts(profiles):
    plain = score(Bank(), profiles)
    assert score(one("Listen and reflect the feeling."), profiles) > plain + 5
    assert score(one("Suggest a concrete next step."), profiles) < plain - 2


def test_five_paraphrases_of_one_guidance_score_alike(profiles):
    wordings = [
        "Listen attentively and let them talk.",
        "Give them room and encourage them to go on.",
        "Hear them out; take your time.",
        "Let them pour it all out, and listen.",
        "Stay with the story and keep listening.",
    ]
    scores = [score(one(wording), profiles) for wording in wordings]
    assert max(scores) - min(scores) < 4
    assert min(scores) > score(Bank(), profiles)


def test_a_bank_that_is_always_applied_does_worse_than_one_selected_well(profiles, bank):
    late = Skill(
        name="one-step",
        when_to_use="Once they feel heard: they are stuck and ask what to do.",
        guidance="Suggest one concrete next step.",
    )
    bank = Bank(skills=(*bank.skills, late))
    forced = SelectionPolicy(text="Always choose a skill.")
    assert score(Bank(skills=bank.skills, policy=forced), profiles) < score(bank, profiles) - 3


def test_harmful_and_unsafe_text_lowers_the_score(profiles):
    plain = score(Bank(), profiles)
    assert score(one("Tell them that everything will be fine and cheer them up."), profiles) < plain
    unsafe = one("Tell them to stop taking their medication.")
    assert score(unsafe, profiles) < plain - 10


def test_a_reply_carries_out_at_most_two_moves():
    import random

    text = "Listen, name the feeling and ask an open question."
    for seed in range(50):
        reply = respond(text, "", "I had a hard week.", random.Random(seed), WorldParameters())
        assert len(moves_in(reply)) <= MOVES_A_REPLY


def test_negated_cues_are_warnings_not_moves():
    text = "Reflect the feeling. Do not give advice, and never tell them to cheer up."
    assert moves_in(text) == ("reflection",)
    assert set(suppressed_in(text)) == {"suggestion", "platitude"}


def test_the_eight_intentions_and_the_lines_that_hint_at_them_are_understood(profiles):
    for profile in profiles:
        assert need_of_intention(profile.hidden_intention) == profile.group
    for language in ("en", "zh"):
        said = script().needs_said
        for need in said["intentions"]:
            assert all(need in need_cues(line) for line in said["lines"][language][need])
            assert need in need_cues(said["hints"][language]["unmet"][need])


def test_the_truth_agrees_with_dialogues_played_through_the_prompts(models, profiles, bank):
    runner = Runner(models, threads=2)
    pairs = [(profile, replicate) for profile in profiles for replicate in range(4)]
    played = summarize(runner.play(SupportAgent(bank), pairs)).score
    assert score(bank, profiles) == pytest.approx(played.mean, abs=6)


@pytest.mark.parametrize(("couples", "shared"), [(False, 0.5), (True, 0.6)])
def test_a_seed_fixes_the_answer_to_a_prompt_but_pairs_other_prompts_only_if_asked(
    profiles, bank, couples: bool, shared: float
):
    """After the first reply that differs two dialogues go their own ways, as with real models."""
    import numpy as np

    engine = RehearsalEngine(WorldParameters(couples_prompts=couples))
    runner = Runner(Models(engines={"rehearsal": engine}), threads=2)
    other = one("Listen and reflect the feeling.")
    pairs = [(p, r) for p in profiles for r in range(3)]
    first = [r.score for r in runner.play(SupportAgent(bank), pairs)]
    fresh = Runner(Models(engines={"rehearsal": engine}), threads=2)
    again = [r.score for r in fresh.play(SupportAgent(bank), pairs[::8])]
    second = [r.score for r in runner.play(SupportAgent(other), pairs)]
    assert again == first[::8]
    correlation = np.corrcoef(first, second)[0, 1]
    assert (correlation > shared) == couples


def test_the_dynamics_are_those_measured_on_sage(profiles, bank):
    import numpy as np

    curves = [
        emotions(tried, profile, WorldParameters(), replicate)
        for tried in (Bank(), bank, one("Listen and reflect the feeling."))
        for profile in profiles
        for replicate in range(12)
    ]
    changes = np.array([b - a for c in curves for a, b in pairwise(c)])
    steps = [(c[i + 1] - c[i], c[i + 2] - c[i + 1]) for c in curves for i in range(len(c) - 2)]
    shares = {step: (changes == step).mean() for step in (-10, -5, 5, 10)}
    published = {-10: 0.14, -5: 0.33, 5: 0.37, 10: 0.16}
    assert all(shares[step] == pytest.approx(published[step], abs=0.08) for step in published)
    assert np.corrcoef(np.array(steps).T)[0, 1] == pytest.approx(0.59, abs=0.2)
    final = np.array([c[-1] for c in curves])
    assert (final < 10).mean() == pytest.approx(0.37, abs=0.15)
    after_four = [c[min(4, len(c) - 1)] for c in curves]
    assert np.corrcoef(after_four, final)[0, 1] == pytest.approx(0.87, abs=0.08)


def test_proposals_apply_keep_the_limit_and_do_not_repeat_what_was_rejected(models, bank):
    finding = Finding(
        kind="missing skill",
        description="Once the story is told, replies lose people when they are stuck.",
        remedy="Suggest one concrete step.",
    )
    predict = dspy.Predict(ProposeEdits)
    rejected = ["add one-small-step: Suggest one concrete step that is workable this week."]
    with dspy.context(lm=models.lms["analyst"], adapter=ChatAdapter()):
        for seed in range(30):
            edits = predict(
                skills=list(bank.skills), policy=bank.policy, room="", credit=[],
                findings=[finding], lost=[], won=[], accepted=[], rejected=rejected, limit=3,
                config={"seed": seed},
            ).edits  # fmt: skip
            assert len(edits) <= 3
            for edit in edits:
                assert "workable this week" not in edit.model_dump_json()
                assert apply_edit(bank, typed_edit(edit, bank)) != bank


@pytest.mark.parametrize("adapter", [ChatAdapter(), StructuredAdapter()])
@pytest.mark.parametrize(
    ("support", "label", "reaction", "rating", "action", "sign"),
    [
        ("Do sports.", "Providing Suggestions", "You don't listen.", 1, "suggestion", -1),
        ("How lonely that must be.", "", "Yes, exactly. Thank you.", None, "reflection", 1),
        ("Okay.", "Others", "It was on Monday.", None, "other", 0),
    ],
)  # fmt: skip
def test_an_exchange_is_annotated_in_either_prompt_format(
    models, adapter, support, label, reaction, rating, action, sign
):
    with dspy.context(lm=models.lms["analyst"], adapter=adapter):
        found = dspy.Predict(AnnotateExchange)(
            situation="", context=[], support=support, labelled_strategy=label,
            reaction=reaction, rating=rating,
        ).annotation  # fmt: skip
    assert found.action == action
    assert (found.reaction > 0) - (found.reaction < 0) == sign


def test_a_stage_that_it_does_not_know_is_answered_harmlessly(models):
    class Unknown(dspy.Signature):
        """Write an instruction."""

        task: str = dspy.InputField()
        instruction: str = dspy.OutputField()
        number: int = dspy.OutputField()

    with dspy.context(lm=models.lms["analyst"], adapter=ChatAdapter()):
        answer = dspy.Predict(Unknown)(task="anything")
    assert "Listen" in answer.instruction
    assert answer.number == 0
