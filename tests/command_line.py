"""The command `esc-skills` as a user starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path

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
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **environment},
        check=False,
    )


def config(directory: Path, **changes: object) -> Path:
    path = directory / "config.yaml"
    path.write_text(json.dumps({**TINY, **changes}))
    return path


def refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert all(word in result.stderr for word in words), result.stderr
