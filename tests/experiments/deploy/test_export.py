import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from esc_skills.experiments.deploy.export import export_run, read_settings
from esc_skills.experiments.deploy.serving import LONGEST, NO_ANSWER, build_app, open_deployment
from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.skill_files import write_skill_folders
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


def test_it_is_served_with_streaming(exported: Path):
    messages = {"messages": [{"role": "user", "content": "I had a hard day."}]}
    wrong = {"messages": [{"role": "assistant", "content": "hi"}]}

    async def talk() -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        with open_deployment(exported) as deployment:
            transport = httpx.ASGITransport(app=build_app(deployment))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                whole = await client.post("/chat", json=messages)
                streamed = await client.post("/chat/stream", json=messages)
                return whole, streamed, await client.post("/chat", json=wrong)

    whole, streamed, bad = asyncio.run(talk())
    lines = filter(None, streamed.text.split("\n\n"))
    parts = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert whole.json()["reply"]
    assert parts[-1]["reply"]
    assert bad.status_code == 422


def test_a_server_whose_model_fails_says_so_and_keeps_the_reason(
    exported: Path, caplog: pytest.LogCaptureFixture
):
    async def talk() -> list[httpx.Response]:
        with open_deployment(
            exported, model="openai/m", api_base="http://127.0.0.1:9/v1"
        ) as deployment:
            transport = httpx.ASGITransport(app=build_app(deployment))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return [
                    await client.get("/health"),
                    await client.post("/chat", json=chat("Hello.")),
                    await client.post("/chat/stream", json=chat("Hello.")),
                    await client.get("/health"),
                    await client.post("/chat", json=chat("x" * (LONGEST + 1))),
                    await client.get("/docs"),
                ]

    before, whole, streamed, after, long, docs = asyncio.run(talk())
    assert before.json()["model"] == "not asked yet"
    assert (whole.status_code, whole.json()["detail"]) == (502, NO_ANSWER)
    assert json.loads(streamed.text.removeprefix("data: ")) == {"error": NO_ANSWER}
    assert (after.json()["status"], after.json()["model"]) == ("degraded", "fails")
    assert "no reply: " in caplog.text
    assert long.status_code == 413
    assert docs.status_code == 404


def chat(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


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
