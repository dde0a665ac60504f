import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from command_line import COMMAND, config, esc
from fakes import Endpoint, serve


@pytest.fixture(scope="module", params=[signal.SIGINT, signal.SIGTERM])
def interrupted(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, int, int, float, str]:
    """A search interrupted while its server hung: directory, signal, exit code, seconds, words."""
    directory = tmp_path_factory.mktemp("interrupted")
    endpoint = Endpoint(lambda number: (200, None, 0 if number < 100 else 60))
    with serve(endpoint) as api_base:
        path = config(directory, model={"model": "openai/x", "api_base": api_base})
        search = subprocess.Popen(
            [*COMMAND, "evolve", "--config", str(path), "--run", "run"],
            cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "OPENAI_API_KEY": "x"},
        )  # fmt: skip
        while endpoint.served < 102:
            assert search.poll() is None
            time.sleep(0.05)
        began = time.monotonic()
        search.send_signal(request.param)
        _, said = search.communicate(timeout=30)
    return directory, request.param, search.returncode, time.monotonic() - began, said


def test_an_interrupted_search_ends_at_once_and_says_what_is_kept(interrupted):
    _, number, code, seconds, said = interrupted
    assert code == 128 + number
    assert seconds < 8
    assert "Traceback" not in said
    (sentence,) = [line for line in said.splitlines() if "kept in run/journal.jsonl" in line]
    assert sentence.startswith("Terminated" if number == signal.SIGTERM else "Interrupted")
    assert sentence.endswith("the same command resumes.")


def test_an_unfinished_run_can_be_read_and_used_and_is_called_unfinished(interrupted):
    directory, *_ = interrupted
    assert esc("report", "run", cwd=directory).returncode == 0
    assert "has not finished" in (directory / "run" / "report.html").read_text()
    exported = esc("export", "run", "--to", "out", cwd=directory)
    assert exported.returncode == 0, exported.stderr
    assert "no sealed test has checked it" in exported.stderr
    assert "The run was not finished" in (directory / "out" / "README.md").read_text()
    played = esc("evaluate", "--bank", "run", "--limit", 1, cwd=directory)
    assert played.returncode == 0, played.stderr
    assert "has not finished" in played.stderr
    assert esc("compare", "run", "run", cwd=directory).returncode == 0
