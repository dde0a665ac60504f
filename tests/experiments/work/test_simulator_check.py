import json
from pathlib import Path

from command_line import esc
from dspy.lm15 import Request
from fakes import Endpoint, ScriptedEngine, prompt_of, serve

from esc_skills.experiments.work.reply_pairs import REPLY_PAIRS
from esc_skills.experiments.work.simulator_check import SimulatorCheck, check_simulator
from esc_skills.programs.models.roles import ModelConfig, Models


def checked(change_of_kind: int, change_of_other: int, seeded: bool = True) -> SimulatorCheck:
    """The check of an appraiser that gives these changes to empathic and other replies."""

    def answer(request: Request) -> str:
        prompt = prompt_of(request)
        if not prompt:
            return f"Rain, {request.config.seed}." if seeded else "Rain."
        kind = any(pair.empathic in prompt for pair in REPLY_PAIRS)
        said = {"meaning": "m", "goal_fit": "g", "inner_activity": "i", "feeling": "f"}
        change = change_of_kind if kind else change_of_other
        return f"[[ ## appraisal ## ]]\n{json.dumps({**said, 'change': change})}"

    engines = {"scripted": ScriptedEngine(answer)}
    return check_simulator(Models(ModelConfig(model="scripted"), engines=engines))


def test_an_appraiser_that_tells_replies_apart_is_fit_for_a_run():
    found = checked(6, -4)
    assert (found.pairs, found.told_apart, found.difference) == (10, 10, 10)
    assert found.meaning == "The seeker tells an empathic from a dismissive reply."


def test_an_appraiser_that_any_reply_pleases_is_not():
    found = checked(5, 5)
    assert found.told_apart == 0
    assert "--model seeker=PROVIDER/NAME" in found.meaning


def test_a_seed_that_changes_nothing_is_noticed():
    assert checked(6, -4).seeds == "honoured"
    assert checked(6, -4, seeded=False).seeds == "no variation"


def test_an_appraiser_that_cannot_be_read_told_nothing_apart():
    engines = {"scripted": ScriptedEngine(lambda request: "?")}
    found = check_simulator(Models(ModelConfig(model="scripted"), engines=engines))
    assert (found.pairs, found.told_apart) == (0, 0)


def test_doctor_checks_a_real_seeker(tmp_path: Path):
    with serve(Endpoint(lambda number: (200, None, 0))) as api_base:
        result = esc("doctor", "--model", "openai/x", "--api-base", api_base, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "of 10 pairs" in result.stdout
    assert "its price is unknown" in result.stdout
    assert "A whole dialogue would take at most" in result.stdout
    assert "1 rollouts, 36 calls" in result.stdout
    assert "money unknown" in result.stdout
