import re
from pathlib import Path

import pytest

from esc_skills.experiments.bench.results import KEPT, markdown, read_tournament, with_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
EXAMPLE = re.search(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    assert EXAMPLE is not None
    assert len(EXAMPLE[1].strip().splitlines()) <= 15
    monkeypatch.chdir(tmp_path)
    exec(compile(EXAMPLE[1], "README.md", "exec"), {})
    assert "points" in capsys.readouterr().out
    assert (tmp_path / "program.json").exists()


@pytest.mark.parametrize(
    ("document", "kept"),
    [
        ("README.md", KEPT),
        ("docs/search.md", KEPT.with_name("optimizers-16000.json")),
        (str(KEPT.with_name("README.md")), KEPT.with_name("ablation-4000.json")),
    ],
)
def test_a_table_of_results_is_that_of_the_kept_contests(document: str, kept: Path):
    text = (ROOT / document).read_text()
    table = markdown(read_tournament(ROOT / kept))
    assert text == with_table(text, table), f"esc-skills bench table {kept} --readme {document}"
