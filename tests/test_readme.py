import re
from pathlib import Path

import pytest

from esc_skills.experiments.bench.results import (
    ALONE,
    KEPT,
    read_tournament,
    shown_as,
    with_table,
)

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
EXAMPLE = re.search(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_first_of_the_examples_is_that_of_the_readme():
    assert EXAMPLE is not None
    assert len(EXAMPLE[1].splitlines()) <= 15
    lines = (ROOT / "examples" / "first_run.py").read_text().splitlines()
    # the type checker alone needs the asserts
    assert [line for line in lines if not line.startswith("assert ")][2:] == EXAMPLE[1].splitlines()


@pytest.mark.parametrize("document", ["README.md", "experiments/results/README.md"])
def test_a_table_of_results_is_that_of_the_kept_contests(document: str):
    text = (ROOT / document).read_text()
    names = re.findall(r"<!-- (\S+): begin -->", text)
    assert names
    for name in names:
        kept = ROOT / KEPT.with_name(f"{name.removesuffix(ALONE)}.json")
        told = f"esc-skills bench table {kept.relative_to(ROOT)} --in {document}"
        assert text == with_table(text, name, shown_as(name, read_tournament(kept))), told


def test_every_kept_tournament_is_told_of():
    told = "".join(path.read_text() for path in (ROOT / "README.md", *ROOT.glob("docs/*.md")))
    told += (ROOT / KEPT.with_name("README.md")).read_text()
    for kept in (ROOT / KEPT.parent).glob("*.json"):
        names = kept.stem, f"{kept.stem}{ALONE}"
        assert any(f"<!-- {name}: begin -->" in told for name in names), kept
