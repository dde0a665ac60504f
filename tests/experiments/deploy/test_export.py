import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import compose_spec
import httpx
import pytest
import yaml

from esc_skills.experiments.deploy.export import export_run, read_settings
from esc_skills.experiments.deploy.publish import publish
from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.skill_files import write_skill_folders
from esc_skills.experiments.serving.keys import add_key
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.work.evolve import evolve
from esc_skills.signatures.skills import Bank

SETTINGS = {
    "threads": 2,
    "search.generations": 1,
    "search.train_rollouts": 4,
    "search.policy_trials": 0,
    "search.test_replicates": 1,
    "search.rule.max_pairs": 8,
}
REQUEST = {"inputs": [{"messages": [{"role": "user", "content": "I had a hard day."}]}]}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, bank: Bank) -> Path:
    directory = tmp_path_factory.mktemp("export")
    start = directory / "bank.json"
    start.write_text(bank.model_dump_json())
    evolve(load_experiment(None, {**SETTINGS, "bank": start}), directory / "run")
    export_run(directory / "run", directory / "out")
    return directory / "out"


def test_the_export_is_json_and_text_without_a_pickle_or_a_secret(exported: Path):
    names = {path.name for path in exported.iterdir()}
    assert {
        "program.json",
        "export.json",
        "skills",
        "model",
        "README.md",
        "requirements.txt",
    } <= names
    assert not [p for p in exported.rglob("*") if p.suffix in {".pkl", ".pickle", ".pyc"}]
    assert "api_key" not in (exported / "export.json").read_text()
    assert read_settings(exported)["model"]["model"] == "rehearsal"


def test_skills_are_valid_agent_skills(exported: Path, tmp_path: Path, bank: Bank):
    write_skill_folders(bank, tmp_path)
    for folder in (*(exported / "skills").iterdir(), *tmp_path.iterdir()):
        command = [str(Path(sys.executable).with_name("agentskills")), "validate", str(folder)]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr + checked.stdout
        front = yaml.safe_load((folder / "SKILL.md").read_text().split("---")[1])
        assert front["name"] == folder.name


def test_an_export_never_overwrites_a_folder_that_is_not_one(exported: Path, tmp_path: Path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UserError, match="must be empty or an earlier export"):
        export_run(exported.parent / "run", tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "precious"


@pytest.mark.slow
def test_what_the_export_lists_is_all_it_needs_to_be_served_by_mlflow(
    exported: Path, tmp_path: Path
):
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    # what is not compiled now is compiled when it is imported, and most never is
    pip = [sys.executable, "-m", "pip", "--python", str(venv), "install", "--no-compile", "--quiet"]
    subprocess.run([*pip, "-r", str(exported / "requirements.txt")], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))},
        "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    serve = ["mlflow", "models", "serve", "-m", str(exported / "model"), "-p", str(port)]
    server = subprocess.Popen(
        [str(venv / "bin" / serve[0]), *serve[1:], "--env-manager", "local"],
        cwd=tmp_path, env=environment, start_new_session=True,
    )  # fmt: skip
    try:
        answer = _ask(f"http://127.0.0.1:{port}/invocations")
    finally:
        os.killpg(server.pid, 15)
        server.wait(20)
    (reply,) = answer["predictions"]
    assert reply["reply"]
    assert reply["skill"] in {"make-room", "see-the-effort", ""}


def _ask(address: str) -> dict[str, Any]:
    for _ in range(90):
        try:
            response = httpx.post(address, json=REQUEST, timeout=20)
        except httpx.TransportError:
            time.sleep(1)
            continue
        assert response.status_code == 200, response.text
        return response.json()
    raise AssertionError("the server did not start")


def test_an_export_is_replaced_but_never_with_a_file_of_somebody_else_in_it(
    exported: Path, tmp_path: Path
):
    run, to = exported.parent / "run", tmp_path / "out"
    export_run(run, to)
    export_run(run, to)  # its own files alone
    mine = to / "skills" / "diary.txt"
    mine.write_text("precious")
    with pytest.raises(UserError, match=r"such as skills/diary\.txt"):
        export_run(run, to)
    assert mine.read_text() == "precious"


def test_a_folder_with_an_export_json_of_another_program_is_left_alone(
    exported: Path, tmp_path: Path
):
    (tmp_path / "export.json").write_text('{"format": 1}')
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(UserError, match="must be empty or an earlier export"):
        export_run(exported.parent / "run", tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "precious"


def test_the_container_is_linted_and_runs_without_rights(exported: Path):
    hadolint = str(Path(sys.executable).with_name("hadolint"))
    command = [hadolint, "--no-fail", "--format", "json", str(exported / "Dockerfile")]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []
    text = (exported / "Dockerfile").read_text()
    assert "USER 10001" in text
    assert "HEALTHCHECK" in text
    copied = re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)
    assert all((exported / name).exists() for line in copied for name in line.split())
    compose_spec.PyCompose.from_yaml((exported / "compose.yaml").read_text()).validate()
    service = yaml.safe_load((exported / "compose.yaml").read_text())["services"]["supporter"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    lines = (exported / "server-requirements.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[\w.-]+==\S+", line) for line in lines)
    assert not any(line.startswith("mlflow") for line in lines)


def test_the_export_serves_itself_without_this_project(exported: Path, tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    command = [sys.executable, str(exported / "serve.py")]
    refused = subprocess.run(
        [*command, "--host", "0.0.0.0"], capture_output=True, text=True, check=False, env=kept
    )
    assert refused.returncode == 1
    assert "must have keys" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    server = subprocess.Popen([*command, "--port", str(port)], cwd=tmp_path, env=kept)
    try:
        for _ in range(120):
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/ready", timeout=20)
                break
            except httpx.TransportError:
                time.sleep(0.5)
        else:
            raise AssertionError("the server did not start")
        assert answer.json() == {"ready": True, "bank": True, "model": True}
    finally:
        server.terminate()
        server.wait(40)


def stated(exported: Path, to: Path, **measured: object) -> Path:
    """A copy of the export that states another gain."""
    shutil.copytree(exported, to)
    settings = json.loads((to / "export.json").read_text())
    settings["measured"] |= measured
    (to / "export.json").write_text(json.dumps(settings))
    return to


def test_only_a_safe_export_with_a_gain_becomes_the_champion(exported: Path, tmp_path: Path):
    good = stated(exported, tmp_path / "good", gain=9.0, low=2.0, high=16.0)
    first = publish(good, "support", runs=tmp_path)
    second = publish(good, "support", runs=tmp_path)
    assert (first.version, first.replaced) == ("1", None)
    assert second.replaced is not None
    assert second.replaced.startswith("version 1 (score ")
    poor = stated(exported, tmp_path / "poor", gain=9.0, low=-1.0)
    with pytest.raises(UserError, match="must exceed 0 points"):
        publish(poor, "support", runs=tmp_path)
    other = stated(exported, tmp_path / "other", low=2.0, bank="another")
    with pytest.raises(UserError, match="of another bank"):
        publish(other, "support", runs=tmp_path)


def test_publishing_needs_the_role(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    keys = tmp_path / "keys.json"
    talk = add_key(keys, "web", "talk")
    with pytest.raises(UserError, match="must hold a key"):
        publish(exported, "support", runs=tmp_path, keys=keys)
    monkeypatch.setenv("ESC_SKILLS_KEY", talk)
    with pytest.raises(UserError, match="must have the role publish, but has talk"):
        publish(exported, "support", runs=tmp_path, keys=keys)
