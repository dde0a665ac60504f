"""Domains from the user's side: by name, by folder, carried by runs and exports."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from command_line import config, esc, refused
from dspy.lm15 import Request
from fakes import ScriptedEngine

from esc_skills.experiments.files.domains import domain_named
from esc_skills.experiments.files.profiles import read_profiles
from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.experiments.rehearsal.moves import moves_in
from esc_skills.experiments.rehearsal.needs import need_cues
from esc_skills.experiments.rehearsal.script import playing, script_of
from esc_skills.experiments.work.domain_files import files_of
from esc_skills.programs.domains.reading import default_domain, read_domain
from esc_skills.programs.models.adapter import ChatAdapter
from esc_skills.programs.models.roles import ModelConfig, Models
from esc_skills.programs.models.stages import own_stages
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.deployment import ChatMessage, Deployment
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank
from esc_skills.signatures.wording import wording

CARE = domain_named("primary-care")
LESSON = {
    "name": "piano-lessons",
    "about": "A pupil talks with a piano teacher.",
    "words": {"seeker": "pupil", "supporter": "teacher"},
    "needs": {"beat": {"means": "to hear the beat", "wanted": {"en": "You want to clap it."}}},
    "stages": ["warm-up", "piece"],
    "actions": ["clap", "play"],
    "characters": ["shy"],
    "score": {"facts": 30, "next_step": 20, "start": 60, "turns": 4},
    "instructions": {"Respond": "You are a piano teacher. Answer the pupil."},
}
PUPIL = Profile(
    id="ada",
    persona="Ada, nine.",
    scene="She did not practise.",
    hidden_intention="You want to clap it.",
    character="shy",
    opening="I lost my book.",
    knows=("I broke the metronome.", "My brother plays drums."),
    next_step="To clap the first bar.",
)


def lesson_of(tmp_path: Path, **changed: object) -> Path:
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "domain.yaml").write_text(yaml.safe_dump(LESSON | changed), encoding="utf-8")
    return tmp_path


def scripted(asked: list[str]) -> ScriptedEngine:
    """A teacher that asks for one fact a turn, and a pupil who takes it well."""

    def answer(request: Request) -> str:
        said = "\n".join([str(request.system or ""), *(m.text or "" for m in request.messages)])
        asked.append(said)
        if "appraisal" in str(request.system):
            turn = said.count("Teacher:")
            felt = dict.fromkeys(("meaning", "goal_fit", "inner_activity", "feeling"), "fine")
            found = {**felt, "change": 10, "told": [turn], "right_step": turn == 2}
            return f"[[ ## appraisal ## ]]\n{json.dumps(found)}"
        if "farewell" in str(request.system):
            line = f"Line {len(asked)}."
            return f"[[ ## message ## ]]\n{line}\n\n[[ ## farewell ## ]]\nFalse"
        return "What broke, and who plays?"

    return ScriptedEngine(answer)


def test_a_third_domain_is_a_folder_with_one_file(tmp_path: Path) -> None:
    asked: list[str] = []
    config = ModelConfig(model="scripted", structured=False)
    domain = domain_named(str(lesson_of(tmp_path)))
    models = Models(config, engines={"scripted": scripted(asked)}, domain=domain)
    runner = Runner(models, threads=1)
    (rollout,) = runner.play(SupportAgent(), [(PUPIL, 0)])
    runner.close()
    assert rollout.ending == "turn limit", rollout.error
    assert rollout.emotions == (30, 50, 70, 95)
    standing = rollout.exchanges[2].standing
    assert standing is not None
    assert (standing.mood, standing.told, standing.stepped) == (90, (0, 1), True)
    told = "\n".join(asked)
    assert "You are a piano teacher. Answer the pupil." in told
    assert "You are the pupil, who chats with a teacher." in told
    assert "Tell this now: I broke the metronome." in told
    assert "seeker" not in told.lower()
    supporter = [text for text in asked if "piano teacher" in text]
    private = ("metronome", "drums", "first bar", "clap it")
    assert not any(word in text for text in supporter for word in private)


def test_a_rollout_that_counts_goals_is_the_same_after_it_was_stored(tmp_path: Path) -> None:
    models = Models(engines={"rehearsal": RehearsalEngine()}, domain=CARE)
    runner = Runner(models, threads=2)
    patients = read_profiles([CARE.folder / "profiles.jsonl"] if CARE.folder else [])
    played = runner.play(SupportAgent(), [(patient, 0) for patient in patients[:6]])
    runner.close()
    for rollout in played:
        assert Rollout.model_validate_json(rollout.model_dump_json()) == rollout
        assert rollout.start == 20
        assert 0 <= rollout.score <= 1
    assert any(row.standing and row.standing.told for r in played for row in r.exchanges)


def test_every_line_and_reply_of_the_clinic_s_rehearsal_is_read_as_it_is_meant() -> None:
    script = script_of(CARE)
    with playing(CARE):
        for need in script.needs:
            lines = [*script.needs_said["lines"]["en"][need], *script.skills["when"][need]]
            hint = script.needs_said["hints"]["en"]["unmet"][need]
            assert all(need_cues(line) == {need} for line in [*lines, hint]), need
        for move in script.core_moves.values():
            said = [*script.replies["en"][move], *script.skills["guidance"][move]]
            assert all(moves_in(text) == (move,) for text in said), move


def test_every_patient_has_facts_that_the_rehearsal_can_be_asked_for() -> None:
    assert CARE.folder is not None
    patients = read_profiles([CARE.folder / "profiles.jsonl"])
    with playing(CARE):
        for patient in patients:
            kinds = [need_cues(fact) for fact in patient.knows]
            assert all(len(kind) == 1 for kind in kinds), patient.id
            assert any(patient.group in kind for kind in kinds), patient.id


def test_no_skill_says_a_fact_of_a_patient() -> None:
    assert CARE.folder is not None
    bank = (CARE.folder / "bank.json").read_text(encoding="utf-8")
    assert not Bank.model_validate_json(bank).identity == Bank().identity
    for patient in read_profiles([CARE.folder / "profiles.jsonl"]):
        assert not any(fact in bank for fact in patient.knows)


@pytest.mark.slow
def test_a_run_and_its_export_carry_the_domain_of_a_folder_that_is_gone(tmp_path: Path) -> None:
    esc("domains", "show", "primary-care", "--to", "mine", cwd=tmp_path)
    config(tmp_path, domain="mine", name="first", budget={"calls": 9000})
    done = esc("evolve", "--config", "config.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "mine" / "domain.yaml").write_text("name: other")
    refused(esc("evolve", "--config", "config.yaml", cwd=tmp_path), "mine/domain.yaml, field")
    shutil.rmtree(tmp_path / "mine")
    done = esc("export", "runs/first", "--to", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    readme = (tmp_path / "out" / "README.md").read_text()
    assert "# A program of the domain primary-care" in readme
    assert "`domain.json`" in readme
    program = json.loads((tmp_path / "out" / "program.json").read_text())
    assert "takes the history" in program["respond"]["signature"]["instructions"]
    engines: dict[str, object] = {"rehearsal": RehearsalEngine()}
    config_ = ModelConfig(model="rehearsal")
    deployed = Deployment.load(tmp_path / "out" / "program.json", config_, engines)
    assert deployed.models.domain.identity == read_domain(CARE.folder or Path()).identity
    said = deployed.reply([ChatMessage(role="user", content="It's the cough.")])
    assert said.reply


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("primary-car", ("must be one of emotional-support, primary-care", "'primary-car'")),
        ("empty", ("empty/domain.yaml must be readable",)),
        ("broken", ("broken/domain.yaml, field 'stages'", "add it")),
        ("lesson", ("'piano-lessons' cannot be played by the rehearsal model", "--model")),
        ("no_such:Thing", ("the domain 'no_such:Thing' cannot be used",)),
    ],
)
def test_a_bad_domain_is_refused_in_a_sentence(
    tmp_path: Path, given: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "empty").mkdir()
    lesson_of(tmp_path / "lesson")
    told = {name: value for name, value in LESSON.items() if name != "stages"}
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "domain.yaml").write_text(yaml.safe_dump(told))
    people = default_domain().file("profiles.jsonl")
    command = ("evaluate", "--domain", given, "--limit", 1, "--profiles", people)
    refused(esc(*command, cwd=tmp_path), *words)


def test_a_domain_may_be_an_object_of_a_module(tmp_path: Path) -> None:
    (tmp_path / "my_domains.py").write_text(
        "from esc_skills.programs.domains.packaged import PRIMARY_CARE as CLINIC\n"
    )
    done = esc("evaluate", "--domain", "my_domains:CLINIC", "--limit", 1, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_what_another_domain_has_to_write_is_listed_and_copied(tmp_path: Path) -> None:
    done = esc("domains", "show", "primary-care", "--to", "mine", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    files = json.loads(done.stdout)
    assert [row["name"] for row in files if row["needed"] == "always"] == ["domain.yaml"]
    assert all((tmp_path / "mine" / row["name"]).is_file() for row in files)
    assert read_domain(tmp_path / "mine").identity == CARE.identity
    refused(
        esc("domains", "show", "primary-care", "--to", "mine", cwd=tmp_path), "must be an empty"
    )
    listed = esc("domains", "list", cwd=tmp_path).stdout
    assert listed.splitlines()[1].startswith("primary-care: A patient")


def test_the_page_on_domains_lists_the_files_as_they_are() -> None:
    page = (Path(__file__).parents[3] / "docs" / "domains.md").read_text(encoding="utf-8")
    files = files_of(CARE)
    for file in files:
        assert f"| `{file.name}` | {file.lines} | {file.needed}" in page
    assert f"{sum(file.lines for file in files)} lines in all" in page


def test_no_stage_speaks_of_seekers_and_supporters_in_the_clinic() -> None:
    with wording(CARE.words):
        for stage in own_stages().values():
            system = ChatAdapter().format_system_message(CARE.stage(stage))
            assert not re.search(r"\b(?:seeker|supporter)s?\b", system, re.IGNORECASE), system
