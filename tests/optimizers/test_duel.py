import random
from typing import Any

import dspy
import pytest
from documents import run_block
from dspy.lm15 import Request
from fakes import ScriptedEngine

from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.duel import Duel, duel
from esc_skills.programs.models.failures import BudgetExhausted, DialogueError, NoReply
from esc_skills.programs.models.seeds import current_seed

NUMBERS = [dspy.Example(number=n).with_inputs("number") for n in range(12)]
RULE = ChallengeRule(error_rate=0.1, smallest_gain=0.05, max_pairs=200)


class Archer(dspy.Module):
    """Hits with some chance; every shot is a fresh draw."""

    def __init__(self, skill: float, name: str = "archer") -> None:
        super().__init__()
        self.skill, self.name = skill, name

    def forward(self, number: int) -> dspy.Prediction:
        shot = random.Random(f"{self.name} {current_seed(str(number))}").random()
        return dspy.Prediction(hit=shot < self.skill)


def hit(example: dspy.Example, prediction: dspy.Prediction) -> float:
    return float(prediction.hit)


def fight(before: dspy.Module, after: dspy.Module, **options) -> Duel:
    chosen: dict[str, Any] = {"rule": RULE, "threads": 2, **options}
    return duel(before, after, NUMBERS, hit, **chosen)


def test_a_much_better_program_wins_after_a_few_pairs_and_a_worse_one_is_given_up():
    won = fight(Archer(0.2), Archer(0.9, "rival"))
    assert (won.better, won.decided, won.missing) == (True, True, 0)
    assert won.pairs <= 40
    assert won.e_value >= 10
    assert won.gain is not None
    assert won.gain.low > 0
    lost = fight(Archer(0.9), Archer(0.2, "rival"))
    assert (lost.better, lost.decided) == (False, True)
    assert lost.pairs <= 40


def test_equal_programs_are_told_apart_no_more_often_than_the_error_rate_allows():
    wins = sum(fight(Archer(0.5), Archer(0.5, "rival"), seed=seed).better for seed in range(40))
    assert wins <= 8  # more has a chance of 1 in 200 at a rate of 10%


def test_programs_with_the_same_noise_do_not_differ_at_all():
    assert fight(Archer(0.5), Archer(0.5)).gain == fight(Archer(0.5), Archer(0.5), seed=1).gain


def test_the_result_depends_on_the_seed_and_not_on_the_threads():
    one, many = (fight(Archer(0.4), Archer(0.6, "rival"), threads=n) for n in (1, 8))
    assert one == many
    assert fight(Archer(0.4), Archer(0.6, "rival"), seed=1) != one


class Fails(Archer):
    """A program whose model is sometimes, or never, there."""

    def __init__(self, skill: float, failure: Exception, share: float = 1.0) -> None:
        super().__init__(skill)
        self.failure, self.share = failure, share

    def forward(self, number: int) -> dspy.Prediction:
        if random.Random(f"net {current_seed('net')}").random() < self.share:
            raise self.failure
        return super().forward(number)


def test_a_failed_model_is_missing_data_and_no_score():
    found = fight(Archer(0.2), Fails(0.9, DialogueError("no answer"), share=0.3))
    assert found.better
    assert found.missing > 0
    never = fight(Archer(0.2), Fails(0.9, DialogueError("no answer")))
    assert (never.better, never.decided, never.pairs, never.gain) == (False, False, 0, None)
    assert never.missing >= RULE.max_pairs


def test_a_program_does_not_win_by_silence():
    silent = fight(Archer(0.2), Fails(0.9, NoReply("nothing"), share=0.9))
    assert (silent.better, silent.missing) == (False, 0)
    assert fight(Fails(0.9, NoReply("nothing"), share=0.9), Archer(0.6, "rival")).better


def test_the_end_of_a_budget_ends_the_duel_and_a_defect_is_raised():
    ended = fight(Archer(0.2), Fails(0.9, BudgetExhausted("1 calls"), share=0.05))
    assert "undecided when the pairs ended" in ended.reason or ended.decided
    with pytest.raises(KeyError):
        fight(Archer(0.2), Fails(0.9, KeyError("defect")))


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(ValueError, match="at least one example"):
        duel(Archer(0.1), Archer(0.2), [], hit)
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\], but is 7"):
        duel(Archer(0.1), Archer(0.2), NUMBERS, lambda example, prediction: 7)


def test_the_documented_duel_on_support_tickets_finds_the_better_prompt(capsys):
    shots = random.Random(0)

    def answer(request: Request) -> str:
        text = str(request)
        urgent = "checkout" in text.lower() or "charged twice" in text
        sure = 0.97 if "imagine what breaks" in text else 0.55
        said = urgent if shots.random() < sure else not urgent
        return f"[[ ## today ## ]]\n{said}\n\n[[ ## completed ## ]]"

    lm = dspy.LM("scripted", engine=ScriptedEngine(answer), temperature=1.0, cache=False)
    with dspy.context(lm=lm):
        space = run_block("docs/anywhere.md", 1)
    assert space["found"].better
    assert "better - e-value " in capsys.readouterr().out
