"""Every example runs as it is, in an empty directory."""

import subprocess
import sys
from pathlib import Path

import pytest
from fakes import Endpoint, serve

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(name: str, place: Path, *arguments: str) -> str:
    command = [sys.executable, str(EXAMPLES / name), *arguments]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_a_mined_bank_is_evolved_and_exported(tmp_path: Path):
    said = run("mine_then_evolve.py", tmp_path)
    assert [line.split(":")[0] for line in said.splitlines()[1:4]] == [
        "no bank", "mined bank", "evolved bank",
    ]  # fmt: skip
    assert (tmp_path / "runs" / "export" / "export.json").exists()


def test_a_search_is_followed_event_by_event(tmp_path: Path):
    said = run("follow_a_search.py", tmp_path)
    assert "generation 0:" in said
    assert "rejected" in said
    assert "level " in said


def test_a_model_behind_an_endpoint_is_used_within_its_budget(tmp_path: Path):
    endpoint = Endpoint(lambda number: (200, None, 0))
    with serve(endpoint) as address:
        said = run("own_model.py", tmp_path, "openai/any", address)
    assert "budget" in said
    assert 0 < endpoint.served <= 600


def test_every_example_is_told_of():
    told = (EXAMPLES / "README.md").read_text()
    assert [path.name for path in EXAMPLES.glob("*.py") if path.name not in told] == []
