import json
from pathlib import Path

from command_line import esc, refused

from esc_skills.experiments.files.transcripts import read_transcripts
from esc_skills.experiments.work.audit_profiles import audit_sets


def test_the_published_set_tells_supporters_apart(shared_data: Path):
    rows = read_transcripts([shared_data / "sage" / "transcripts"])
    (found,) = audit_sets(rows).values()
    assert (found.supporters, found.profiles) == (6, 100)
    assert found.shares is not None
    assert round(100 * found.shares.supporter) == 17
    assert found.halves is not None
    assert found.halves.low > 0.8
    kinds = [row.information for row in found.information]
    assert (kinds.count("same end"), kinds.count("against the rest")) == (3, 9)


def test_the_command_audits_rollouts_of_our_own(tmp_path: Path):
    for name, turns in (("short", 4), ("long", 10)):
        done = esc(
            "evaluate", "--limit", 4, "--turns", turns,
            "--out", f"x-simulator.{name}.jsonl", "--json", cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    done = esc("profiles", "audit", ".", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["x"]["profiles"] == 4
    refused(esc("profiles", "audit", "x-simulator.long.jsonl", cwd=tmp_path), "1 supporters")
