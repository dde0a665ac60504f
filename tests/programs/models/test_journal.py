"""A journal belongs to one process at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from esc_skills.programs.models.journal import Journal

HOLD = """
import sys
from pathlib import Path
from esc_skills.programs.models.journal import Journal
journal = Journal(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_until_the_first_has_died(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"open\n"
        with pytest.raises(ValueError, match="written by another process"):
            Journal(path)
        first.kill()
    Journal(path).put("key", {})


def test_one_process_may_open_it_again(tmp_path: Path):
    path = tmp_path / "journal.jsonl"
    first = Journal(path)
    first.put("key", {"a": 1})
    assert Journal(path).get("key") == {"a": 1}
