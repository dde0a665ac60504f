"""Small files that unfold to a great size, and the most memory that reading each takes."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from esc_skills.signatures.frozen import Frozen

MOST_MEMORY = 500
"""MB that a process may take to read a bomb, its imports included."""
TIMEOUT = 120
"""Seconds until a bomb counts as one that hangs."""
_MEASURED = """
import re, sys
from pathlib import Path
from esc_skills.experiments.cli import main
try:
    main()
finally:
    # not ru_maxrss, which a process takes over from the one that started it
    status = Path("/proc/self/status").read_text()
    print(int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024, file=sys.stderr)
"""


class Bomb(Frozen):
    """What became of one bomb."""

    name: str
    size: int
    """Bytes of the file."""
    memory: int
    """Most memory of the process, in MB."""
    code: int
    """Exit code of the command; 2 is a refusal."""
    traceback: bool

    @property
    def harmless(self) -> bool:
        """Whether it was read or refused, in bounded memory, without a traceback."""
        return self.memory < MOST_MEMORY and self.code in (0, 2) and not self.traceback


def _records(file: Path, piece: bytes, times: int) -> None:
    with gzip.open(file, "wb", 9) as packed:
        packed.write(b"[")
        for _ in range(times):
            packed.write(piece * (1 << 18))
        packed.write(b"1]")


def _one_line(file: Path) -> None:
    with gzip.open(file, "wb", 9) as packed:
        packed.write(b'{"opening": "')
        for _ in range(1500):
            packed.write(b"x" * (1 << 20))
        packed.write(b'"}')


def _laugh(file: Path) -> None:
    lines = ["x:", "  - &a0 [l,l,l,l,l,l,l,l,l]"]
    lines += [f"  - &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    file.write_text("\n".join([*lines, "name: *a8", "rules: *a8", ""]))


BOMBS: dict[str, tuple[str, Callable[[Path], object], tuple[str, ...]]] = {
    "ten million broken records, mined": (
        "many.json.gz", lambda file: _records(file, b"1,", 40), ("mine", "{}", "--to", "{}.out"),
    ),
    "ten million broken records, as profiles": (
        "many.json.gz", lambda file: _records(file, b"1,", 40), ("profiles", "validate", "{}"),
    ),
    "one line of 1.5 GB, as profiles": (
        "line.jsonl.gz", _one_line, ("profiles", "validate", "{}"),
    ),
    "one line of 1.5 GB, mined": ("line.jsonl.gz", _one_line, ("mine", "{}", "--to", "{}.out")),
    "one line of 1.5 GB, as transcripts": (
        "a-simulator.b.jsonl.gz", _one_line, ("sage", "score", "{}"),
    ),
    "aliases of aliases in a configuration": (
        "laugh.yaml", _laugh, ("evolve", "--config", "{}", "--no-track"),
    ),
    "aliases of aliases in a conduct": (
        "laugh.yaml", _laugh, ("redteam", "--conduct", "{}"),
    ),
    "a bank of 300 MB": (
        "bank.json",
        lambda file: file.write_text(json.dumps({"skills": ["x" * 300_000_000]})),
        ("check", "{}"),
    ),
}  # fmt: skip
"""By name: the file, what writes it, and the command that reads it (`{}` is the file)."""


def explode(name: str) -> Bomb:
    """Read one of `BOMBS` by its command, in a process of its own."""
    filename, write, command = BOMBS[name]
    with TemporaryDirectory() as place:
        file = Path(place) / filename
        write(file)
        size = file.stat().st_size
        arguments = [part.format(file) for part in command]
        try:
            said = subprocess.run(
                [sys.executable, "-c", _MEASURED, *arguments],
                cwd=place, capture_output=True, text=True, timeout=TIMEOUT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Bomb(name=name, size=size, memory=-1, code=-1, traceback=False)
    *_, memory = said.stderr.split() or ["-1"]
    return Bomb(
        name=name,
        size=size,
        memory=int(memory) if memory.isdigit() else -1,
        code=said.returncode,
        traceback="Traceback" in said.stderr,
    )
