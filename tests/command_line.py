"""The command `esc-skills` as a user types it, without the seconds that a new process imports.

Tests that need a process of their own (memory, signals, standard input) start `COMMAND`.
"""

import contextlib
import io
import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from esc_skills.experiments.cli import main

COMMAND = [sys.executable, "-m", "esc_skills.experiments.cli"]
TINY = {
    "tracking": "none",
    "threads": 2,
    "search": {
        "generations": 1,
        "train_rollouts": 4,
        "policy_trials": 0,
        "test_replicates": 1,
        "rule": {"max_pairs": 8},
    },
}


def esc(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    typed = ["esc-skills", *map(str, arguments)]
    said, complained, code = io.StringIO(), io.StringIO(), 0
    with (
        pytest.MonkeyPatch.context() as patch,
        warnings.catch_warnings(),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complained),
    ):
        patch.setattr(sys, "argv", typed)
        for name, value in {"NO_COLOR": "1", "COLUMNS": "200", **environment}.items():
            patch.setenv(name, value)
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return subprocess.CompletedProcess(typed, code, said.getvalue(), complained.getvalue())


def config(directory: Path, **changes: object) -> Path:
    path = directory / "config.yaml"
    path.write_text(json.dumps({**TINY, **changes}))
    return path


def refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert all(word in result.stderr for word in words), result.stderr
