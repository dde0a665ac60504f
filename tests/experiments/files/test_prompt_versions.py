import json
from pathlib import Path

import pytest

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.run_directory import RunDirectory


def test_a_run_that_was_begun_with_other_prompts_is_refused_in_one_sentence(tmp_path: Path) -> None:
    RunDirectory(tmp_path / "run", {"seed": 0})
    assert RunDirectory(tmp_path / "run", {"seed": 0}).resumed
    marker = tmp_path / "run" / "run.json"
    old = json.loads(marker.read_text()) | {"prompts": "0123456789abcdef"}
    marker.write_text(json.dumps(old))
    with pytest.raises(
        UserError, match=r"begun with another version .* Use another --run directory"
    ):
        RunDirectory(tmp_path / "run", {"seed": 0})
    del old["prompts"]  # as versions before wrote it
    marker.write_text(json.dumps(old))
    with pytest.raises(UserError, match="begun with another version"):
        RunDirectory(tmp_path / "run", {"seed": 0})
