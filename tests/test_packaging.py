import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ("signatures", "programs", "metrics", "optimizers", "baselines", "experiments")


def test_tools_that_do_not_know_the_builds_mapping_find_every_layer():
    links = [path for path in (ROOT / "esc_skills").iterdir() if path.is_symlink()]
    assert {link.name: link.resolve() for link in links} == {name: ROOT / name for name in LAYERS}


def test_nothing_is_pickled_or_evaluated():
    pattern = r"import pickle|cloudpickle\.|\beval\(|\bexec\("
    folders = [str(ROOT / layer) for layer in LAYERS]
    found = subprocess.run(
        ["grep", "-rnE", "--include=*.py", pattern, *folders],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    # Ray itself carries results as pickles, between machines of one owner
    places = [line.partition(":")[0] for line in found.stdout.splitlines()]
    assert places == [str(ROOT / "experiments" / "engines" / "ray_executor.py")]
