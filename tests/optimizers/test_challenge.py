import pytest
from dspy.lm15 import Request, Response
from fakes import CountingEngine, prompt_of, text_response

from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.challenge import ChallengeOutcome, PairSequence, challenge
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.dialogue import State
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank, SelectionPolicy, Skill

MARK = "Wait wordlessly."
REPLYING = "Write only this: your next message"
RULE = ChallengeRule(min_pairs=6, max_pairs=24)


class Breaks(CountingEngine):
    """Answers the prompts that ask for a field, and hold the mark, with an unusable text."""

    def __init__(self, field: str, text: str, mark: str = MARK) -> None:
        super().__init__()
        self.asked = REPLYING if field == "reply" else f"[[ ## {field} ## ]]"
        self.text, self.mark = text, mark

    def complete(self, request: Request) -> Response:
        prompt = str(request.system)
        if self.mark in prompt + prompt_of(request) and self.asked in prompt:
            return text_response(request, self.text)
        return super().complete(request)


SILENT = Breaks("reply", "[[ ## reply ## ]]\n\n\n[[ ## completed ## ]]")
UNREADABLE = Breaks("reply", "")
NO_APPRAISAL = Breaks("appraisal", "I would rather not say.", mark="")


def candidate() -> SupportAgent:
    skill = Skill(name="waits", when_to_use="Always, whenever they tell.", guidance=MARK)
    return SupportAgent(Bank(skills=(skill,), policy=SelectionPolicy(text="Always choose it.")))


def fought(engine: CountingEngine, profiles: list[Profile]) -> tuple[ChallengeOutcome, Runner]:
    runner = Runner(Models(engines={"rehearsal": engine}), threads=2)
    pairs = PairSequence(profiles[:4], 0, 0)
    return challenge(runner, SupportAgent(), candidate(), pairs, RULE, 6), runner


@pytest.mark.parametrize("engine", [SILENT, UNREADABLE])
def test_a_bank_that_silences_its_supporter_loses(engine: Breaks, profiles: list[Profile]):
    outcome, runner = fought(engine, profiles)
    assert (outcome.accepted, outcome.decided) == (False, True)
    assert f"no reply in {outcome.pairs} dialogues" in outcome.reason
    assert outcome.gain is not None
    assert outcome.gain.mean < -20
    (rollout,) = runner.play(candidate(), [(profiles[0], 0)])
    assert (rollout.ending, rollout.valid, rollout.counted_score) == ("no reply", False, 0.0)


def test_a_silent_reply_takes_as_much_of_the_emotion_as_a_reply_can(profiles: list[Profile]):
    runner = Runner(Models(engines={"rehearsal": SILENT}), threads=2)
    (played,) = runner.play(SupportAgent(), [(profiles[0], 0)])
    (answer,) = runner.answer(candidate(), [State(profiles[0], played, 0)])
    assert answer is not None
    assert (answer.reply, answer.emotion) == ("", 30)


def test_a_seeker_that_does_not_answer_is_missing_data(profiles: list[Profile]):
    outcome, runner = fought(NO_APPRAISAL, profiles)
    assert (outcome.accepted, outcome.pairs, outcome.gain) == (False, 0, None)
    (rollout,) = runner.play(candidate(), [(profiles[0], 0)])
    assert (rollout.ending, rollout.counted_score) == ("invalid", None)
