import json
import random
from pathlib import Path

import pytest
from command_line import esc, refused

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.rehearsal.manner import Moment, speak
from esc_skills.experiments.rehearsal.world import WorldParameters
from esc_skills.experiments.tracking.mlflow_tracker import default_store
from esc_skills.experiments.work.calibrate import mean_distance, read_real
from esc_skills.experiments.work.seeker_tuning import Calibrator, loss
from esc_skills.metrics.seekers.calibration import features, talk_of_rollout
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.behaviour import SeekerBehaviour
from esc_skills.signatures.profiles import Profile

SCENE = "The shop closes in May. My brother has not called since. The lease runs until autumn."


def corpus(path: Path, number: int = 12) -> Path:
    rng = random.Random(0)
    said = ["Thanks, that helps.", "What now?", "It was bad again last night.", "Yes."]
    records = [
        {
            "dialog": [
                {"speaker": speaker, "content": rng.choice(said), "annotation": {}}
                for _ in range(rng.randint(4, 10))
                for speaker in ("seeker", "supporter")
            ]
        }
        for _ in range(number)
    ]
    path.write_text(json.dumps(records))
    return path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rehearsed_seeker_keeps_its_habits_on_average(language: str):
    habits = SeekerBehaviour(
        words=24, openness=0, questions=0.5, resistance=0.3, gratitude=0.4, patience=9
    )
    moment = Moment(SCENE, "venting", language, "unsettled", ["Hi."])
    lines = [
        speak(habits.plan(1, rng), moment, rng, WorldParameters())[0]
        for rng in map(random.Random, range(300))
    ]
    marks = {"en": ("?", "Than"), "zh": ("？", "谢")}[language]  # noqa: RUF001
    shares = [sum(mark in line for line in lines) / len(lines) for mark in marks]
    assert shares == pytest.approx([0.5, 0.35], abs=0.1)
    assert not any("brother" in line for line in lines)


def test_a_rehearsed_seeker_warms_up_where_its_habits_say_so():
    habits = SeekerBehaviour(words=20, warming=0.8, openness=1)

    def words(said: list[str]) -> float:
        moment = Moment(SCENE, "venting", "en", "unsettled", said)
        rngs = map(random.Random, range(200))
        plans = ((habits.plan(len(said), rng), rng) for rng in rngs)
        lines = (speak(plan, moment, rng, WorldParameters())[0] for plan, rng in plans)
        return sum(len(line.split()) for line in lines) / 200

    assert words(["Hi."] * 9) > 1.5 * words(["Hi."])


def test_a_setting_that_spoils_one_feature_loses_to_one_that_spoils_none():
    before = {"questions": 1.0, "gratitude": 1.0}
    bought = loss({"questions": 0.1, "gratitude": 1.5}, before)
    assert loss({"questions": 0.5, "gratitude": 1.0}, before) < bought


def test_a_seeker_without_patience_takes_leave(models: Models, profiles: list[Profile]):
    hasty = [
        profile.model_copy(update={"behaviour": SeekerBehaviour(patience=3)})
        for profile in profiles[:6]
    ]
    played = Runner(models, threads=2).play(SupportAgent(), [(profile, 0) for profile in hasty])
    assert all(len(talk_of_rollout(rollout).turns) <= 3 for rollout in played)
    assert any(rollout.ending == "farewell" for rollout in played)


@pytest.mark.slow
def test_habits_that_were_tuned_on_one_half_are_nearer_to_the_other(
    models: Models, profiles: list[Profile], shared_data: Path
):
    real = read_real([shared_data / "esconv" / "ESConv.test.json.gz"])
    english = [profile for profile in profiles if profile.language == "en"][:6]
    calibrator = Calibrator(Runner(models, threads=2), SupportAgent(), english)
    before = calibrator.report(None, real.test)
    after = calibrator.report(calibrator.tune(real.fit, trials=3), real.test)
    assert mean_distance(after) < mean_distance(before) - 0.1


def test_halves_are_disjoint_and_too_few_dialogues_are_refused(tmp_path: Path):
    real = read_real([corpus(tmp_path / "c.json")])
    assert (len(real.fit), len(real.test), real.language) == (6, 6, "en")
    assert len(features(real.fit)["turns"]) == 6
    with pytest.raises(UserError, match="four real dialogues"):
        read_real([corpus(tmp_path / "few.json", 3)])


@pytest.mark.slow
def test_the_command_writes_a_file_that_evaluate_takes(tmp_path: Path, profiles: list[Profile]):
    corpus(tmp_path / "c.json")
    some = [profile.model_dump_json() for profile in profiles if profile.language == "en"][:4]
    (tmp_path / "p.jsonl").write_text("\n".join(some))
    done = esc(
        "seekers", "calibrate", "--against", "c.json", "--trials", 2, "--replicates", 1,
        "--profiles", "p.jsonl", "--to", "s.json", "--html", "s.html", "--tracking", "mlflow",
        "--json",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {row["feature"] for row in json.loads(done.stdout)["after"]} >= {"questions", "turns"}
    import mlflow

    client = mlflow.MlflowClient(default_store(tmp_path / "runs"))
    logged = client.search_runs([client.search_experiments()[0].experiment_id])
    assert any("distance/after/disclosure pace" in run.data.metrics for run in logged)
    assert "real against real" in (tmp_path / "s.html").read_text()
    played = esc("evaluate", "--seekers", "s.json", "--limit", 2, "--out",
                 "rehearsal-simulator.x.jsonl", cwd=tmp_path)  # fmt: skip
    assert played.returncode == 0, played.stderr
    compared = esc("seekers", "calibrate", "--against", "c.json", "--rollouts",
                   "rehearsal-simulator.x.jsonl", cwd=tmp_path)  # fmt: skip
    assert "Simulated: mean distance" in compared.stdout
    refused(esc("evaluate", "--seekers", "c.json", cwd=tmp_path), "c.json must be what")
    refused(esc("evaluate", "--seekers", "none.json", cwd=tmp_path), "must be readable")


def test_real_dialogues_that_are_all_alike_are_refused(tmp_path: Path):
    first = [f"My {thing} is gone." for thing in "flat boat bike shop farm home room yard".split()]
    talks = [
        [("seeker", words), ("supporter", "Oh?"), ("seeker", "It was sold.")] for words in first
    ]
    records = [
        {"dialog": [{"speaker": speaker, "content": text} for speaker, text in turns]}
        for turns in talks
    ]
    (tmp_path / "same.json").write_text(json.dumps(records))
    effort = ("--trials", 1, "--replicates", 1)
    done = esc("seekers", "calibrate", "--against", "same.json", *effort, cwd=tmp_path)
    refused(done, "must differ from each other", "all alike")
    assert not (tmp_path / "runs").exists()
