"""What is built from the checkout is complete, and works where there is no checkout."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
import zipfile
from collections.abc import Generator
from pathlib import Path

import pytest
from documents import python_blocks

ROOT = Path(__file__).parents[1]
LAYERS = ("signatures", "programs", "metrics", "optimizers", "baselines", "experiments")
NOT_BUILT = shutil.ignore_patterns(
    ".*", "__pycache__", "build", "dist", "*.egg-info", "runs", "site", "mlflow.db", "mlartifacts"
)
PATIENCE = 120.0
"""Seconds in which a server must answer, on a busy machine."""


def run(*command: object, cwd: Path) -> str:
    """What a command prints; it cannot see the checkout."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {"NO_COLOR": "1"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the sdist, and the wheel that was built from the sdist."""
    checkout = tmp_path_factory.mktemp("checkout") / "esc-skills"
    shutil.copytree(ROOT, checkout, symlinks=True, ignore=NOT_BUILT)
    dist = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, checkout, cwd=dist)
    return dist


@pytest.fixture(scope="module")
def venv(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel; dependencies are those of this one."""
    home = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home)
    python = home / "bin" / "python"
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home)
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    Path(site.strip(), "dependencies.pth").write_text("\n".join(borrowed))
    (wheel,) = built.glob("*.whl")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index",
        "--force-reinstall", "--ignore-installed", wheel, cwd=home)  # fmt: skip
    where = run(python, "-c", "import esc_skills; print(esc_skills.__file__)", cwd=home)
    assert Path(where.strip()).is_relative_to(home)
    return python.parent


def sources() -> set[str]:
    """Every file of every layer, by its path below the root."""
    found = {p for layer in LAYERS for p in (ROOT / layer).rglob("*") if p.is_file()}
    own = (ROOT / "esc_skills", ROOT / "esc_skills" / "testing")  # the rest of it are links
    found |= {p for folder in own for p in folder.iterdir() if p.is_file()}
    return {str(p.relative_to(ROOT)) for p in found if "__pycache__" not in p.parts}


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_every_layer_once(built: Path):
    (wheel,) = built.glob("*.whl")
    held = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert len(held) == len(set(held))
    own = {name for name in sources() if name.startswith("esc_skills/")}
    assert set(held) == own | {f"esc_skills/{name}" for name in sources() - own}


@pytest.mark.slow
def test_the_source_distribution_holds_what_its_tests_and_documents_need(built: Path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        members = archive.getmembers()
    assert not any(member.islnk() or member.issym() for member in members)
    held = {member.name.partition("/")[2] for member in members if member.isfile()}
    for folder in ("docs", "tests", "examples"):
        files = (p for p in (ROOT / folder).rglob("*") if p.is_file())
        assert {str(p.relative_to(ROOT)) for p in files if "__pycache__" not in p.parts} <= held
    assert sources() <= held
    assert {"pyproject.toml", "setup.py", "README.md", "LICENSE", "CHANGELOG.md"} <= held


@pytest.mark.slow
def test_everything_that_the_readme_begins_with_works_from_the_wheel(venv: Path, tmp_path: Path):
    esc = venv / "esc-skills"
    assert run(esc, "--version", cwd=tmp_path).startswith("esc-skills ")
    assert "| evolution |" in run(esc, "bench", "table", cwd=tmp_path)
    said = run(venv / "python", "-c", python_blocks("README.md")[0], cwd=tmp_path)
    assert said in (ROOT / "README.md").read_text(), "the README prints what its example prints"
    assert "95% interval +" in said
    assert (tmp_path / "program.json").exists()
    assert "Sealed test" in run(esc, "demo", cwd=tmp_path)
    run(esc, "export", "runs/demo/evolved", "--to", "out", cwd=tmp_path)
    with served(esc, "serve", "out", cwd=tmp_path) as address:
        assert json.loads(answer(f"{address}/health"))["status"] == "ok"
        said = {"messages": [{"role": "user", "content": "I had a hard day."}]}
        assert json.loads(answer(f"{address}/chat", said))["reply"]
    with served(esc, "ui", "--runs", "runs/demo", cwd=tmp_path) as address:
        assert "MLflow" in answer(address)


@contextlib.contextmanager
def served(*command: object, cwd: Path) -> Generator[str]:
    """The address of a server that runs while the block does, and that has answered once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    typed = [*map(str, command), "--port", str(port)]
    with (cwd / f"{command[1]}.log").open("w+") as log:
        server = subprocess.Popen(
            typed, cwd=cwd, env=environment(), stdout=log, stderr=log, start_new_session=True
        )
        try:
            until = time.monotonic() + PATIENCE
            while not _listens(port):
                said = Path(log.name).read_text()
                assert server.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGKILL)  # with the workers that it started
            server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def answer(address: str, said: object = None) -> str:
    data = None if said is None else json.dumps(said).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        return response.read().decode()
