import re
from pathlib import Path

import pytest
from command_line import esc, refused

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.banks import read_bank
from esc_skills.experiments.files.domains import domain_named
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


@pytest.mark.parametrize("domain", ["emotional-support", "primary-care"])
def test_the_commands_of_the_readme_run(tmp_path: Path, domain: str) -> None:
    """As written, with a smaller set and search."""
    lay_out(tmp_path, domain_named(domain))
    shown = re.findall(r"^esc-skills (.+)$", (tmp_path / "README.md").read_text(), re.MULTILINE)
    build, evolve, report = (line.split() for line in shown)
    done = esc(*build, "--count", 8, "--replicates", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    people = read_profiles([tmp_path / "people.jsonl"])
    assert len(people) >= 6
    assert all(bool(person.knows) == (domain == "primary-care") for person in people)
    small = (tmp_path / "config.yaml").read_text().replace("rollouts: 2000", "rollouts: 40")
    (tmp_path / "config.yaml").write_text(f"{small}\ntracking: none\n")
    for command in (evolve, report):
        done = esc(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_a_folder_that_is_a_domain_is_named_so_that_any_place_finds_it(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    told = "name: x\nabout: A talk.\nneeds: {a: {means: a, wanted: {en: b}}}\n"
    (tmp_path / "mine" / "domain.yaml").write_text(
        f"{told}stages: [s]\nactions: [t]\ncharacters: [shy]\n"
    )
    assert esc("init", "project", "--domain", "mine", cwd=tmp_path).returncode == 0
    project = tmp_path / "project"
    experiment = load_experiment(project / "config.yaml", {})
    assert experiment.domain == str((tmp_path / "mine").resolve())
    assert read_set(project / "people.yaml").grid.need == ("a",)
    assert read_bank(project / "bank.json").skills == ()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "bank.json").write_text("mine")
    refused(esc("init", tmp_path, cwd=tmp_path), "must not hold bank.json yet")
    assert (tmp_path / "bank.json").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["bank.json"]
    with pytest.raises(UserError, match="must be a folder"):
        lay_out(SAMPLES / "README.md")
