"""Code blocks of the documents, to be run by tests."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def python_blocks(name: str) -> list[str]:
    """The Python blocks of a document, in order; the path is relative to the repository."""
    return re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)


def run_block(name: str, number: int, variables: dict[str, object] | None = None) -> dict[str, Any]:
    """Execute one block; returns its variables."""
    space: dict[str, Any] = dict(variables or {})
    exec(compile(python_blocks(name)[number], f"{name}, block {number}", "exec"), space)
    return space
