import re
from pathlib import Path

import pytest
from command_line import esc, refused

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.profiles import SAMPLES, read_profiles
from esc_skills.experiments.people.set_file import read_set
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.work.new_project import FILES, lay_out


def test_a_new_project_holds_what_its_readme_names_and_all_of_it_is_valid(tmp_path: Path) -> None:
    done = esc("init", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    project = tmp_path / "mine"
    assert {path.name for path in project.iterdir()} == set(FILES)
    readme = (project / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in FILES if name != "README.md")
    assert read_set(project / "people.yaml").count == 24
    assert load_experiment(project / "config.yaml", {}).profiles == (Path("people.jsonl"),)


def test_the_commands_of_the_readme_run(tmp_path: Path) -> None:
    """As written, with a smaller set and search."""
    lay_out(tmp_path)
    shown = re.findall(r"^esc-skills (.+)$", (tmp_path / "README.md").read_text(), re.MULTILINE)
    build, evolve, report = (line.split() for line in shown)
    done = esc(*build, "--count", 8, "--replicates", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(read_profiles([tmp_path / "people.jsonl"])) >= 6
    small = (tmp_path / "config.yaml").read_text().replace("rollouts: 2000", "rollouts: 40")
    (tmp_path / "config.yaml").write_text(f"{small}\ntracking: none\n")
    for command in (evolve, report):
        done = esc(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "bank.json").write_text("mine")
    refused(esc("init", tmp_path, cwd=tmp_path), "must not hold bank.json yet")
    assert (tmp_path / "bank.json").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["bank.json"]
    with pytest.raises(UserError, match="must be a folder"):
        lay_out(SAMPLES / "README.md")
