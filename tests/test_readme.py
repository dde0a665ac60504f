import re
from pathlib import Path

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


def test_the_table_of_the_readme_is_that_of_the_kept_results():
    text = markdown(read_tournament(ROOT / KEPT))
    assert README == with_table(README, text), "run: esc-skills bench table --readme README.md"
