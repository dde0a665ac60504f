import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ("signatures", "programs", "metrics", "optimizers", "experiments")


def test_every_package_on_disk_is_declared():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"][
        "packages"
    ]
    on_disk = {
        ".".join(("esc_skills", *init.parent.relative_to(ROOT).parts))
        for layer in LAYERS
        for init in (ROOT / layer).rglob("__init__.py")
    }
    assert set(declared) == on_disk


def test_type_checkers_see_every_layer():
    links = ROOT / ".typing" / "esc_skills"
    found = {link.name: link.resolve() for link in links.iterdir()}
    assert found == {layer: ROOT / layer for layer in LAYERS}


def test_nothing_is_pickled_or_evaluated():
    pattern = r"import pickle|cloudpickle\.|\beval\(|\bexec\("
    folders = [str(ROOT / layer) for layer in LAYERS]
    found = subprocess.run(
        ["grep", "-rnE", "--include=*.py", pattern, *folders],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""
