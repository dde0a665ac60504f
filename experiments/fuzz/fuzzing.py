"""Tries a reader with mutated files: it must accept them or refuse them in one sentence."""

import gzip
import json
import random
import resource
import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from esc_skills.programs.models.failures import BudgetExhausted, DialogueError, Outage
from esc_skills.programs.registry import PluginError
from esc_skills.signatures.frozen import Frozen

from ..errors import UserError
from .mutation import garbled, mutated, rendered
from .targets import Target, targets

SENTENCES = (UserError, PluginError, DialogueError, BudgetExhausted, Outage, OSError)
"""What the command line turns into one sentence."""
ACCEPTED, REFUSED = "accepted", "refused in a sentence"
LONGEST_SENTENCE = 1500
"""Characters of a refusal."""
SLOW = 10.0
"""Seconds that one input may take."""
_YAML = (
    "a: &a [1]\n", "!!python/object/apply:os.system ['true']\n", "--- \n---\n", "? [1,2]\n: 3\n",
    "\t- x\n", "*x\n", "%YAML 9.9\n", "name: 2026-01-01\n", "name: 2026-99-99\n", "{" * 200, "- [",
    "!!binary xx\n", "<<: *b\n", "seed: 0b101\n", "seed: 1_000\n", "name: yes\n", "name: 0x1F\n",
    "!!set {a, b}\n", "seed: " + "9" * 6000 + "\n", "budget: {money: .nan}\n", "1: 2\n",
    "budget: {money: .inf, calls: 1e9}\n", "null: 3\n", "[1,2]: 3\n", "true: false\n",
    "? {a: 1}\n: 2\n", 'name: "\\ud800"\n', "[" * 2000, "seed: 1:60\n",
)  # fmt: skip


class Fault(Frozen):
    """One kind of failure that is no sentence."""

    what: str
    """Such as `KeyError at profiles.py:12 in read`."""
    count: int
    example: str
    """What one of them said."""


class Outcome(Frozen):
    """What came of the inputs of one kind."""

    kind: str
    tried: int
    accepted: int
    refused: int
    """Refused in one sentence."""
    faults: tuple[Fault, ...]
    slowest: float
    """Seconds of the slowest input."""
    memory: int
    """Most memory of the process so far, in MB."""

    @property
    def failed(self) -> int:
        """Inputs that were neither accepted nor refused in a sentence."""
        return sum(fault.count for fault in self.faults)


def fuzz(
    kinds: Sequence[str],
    count: int,
    seed: int,
    keep: Path | None = None,
    on_kind: Callable[[Outcome], None] = lambda _: None,
) -> list[Outcome]:
    """Try the readers of some kinds of input.

    Args:
        kinds: Names of `targets`; all of them if none is given.
        count: Inputs of each kind.
        seed: One seed gives the same inputs.
        keep: Folder for one example of each fault.
        on_kind: Called with each outcome.

    Raises:
        UserError: There is no such kind.
    """
    found: list[Outcome] = []
    with _finished_run() as run:
        known = targets(run)
        if wrong := next((kind for kind in kinds if kind not in known), None):
            raise UserError(f"--kind must be one of {', '.join(known)}, but is {wrong!r}.")
        for kind in kinds or known:
            with TemporaryDirectory() as place:
                found.append(_fuzzed(kind, known[kind], count, seed, Path(place), keep))
            on_kind(found[-1])
    return found


@contextmanager
def _finished_run() -> Generator[Path]:
    """A small run of the rehearsal, whose files are mutated."""
    from ..setup.config import load_experiment
    from ..work.evolve import evolve

    small = {"generations": 1, "train_rollouts": 4, "policy_trials": 0, "test_replicates": 1}
    given = {"search": {**small, "rule": {"max_pairs": 8}}, "budget": {"calls": 1800}, "seed": 1}
    with TemporaryDirectory() as place:
        evolve(load_experiment(None, given), Path(place) / "run")
        yield Path(place) / "run"


def _fuzzed(
    kind: str, target: Target, count: int, seed: int, place: Path, keep: Path | None
) -> Outcome:
    rng = random.Random(f"{kind} {seed}")
    verdicts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    slowest = 0.0
    for _ in range(count):
        folder = _written(target, place / "case", rng)
        started = time.perf_counter()
        verdict, said = _tried(target.read, folder)
        slowest = max(slowest, time.perf_counter() - started)
        if time.perf_counter() - started > SLOW:
            verdict = f"more than {SLOW:g} s"
        verdicts[verdict] += 1
        if verdict not in (ACCEPTED, REFUSED) and verdict not in examples:
            examples[verdict] = said
            if keep is not None:
                shutil.copytree(folder, keep / kind / f"{len(examples):02}", dirs_exist_ok=True)
        shutil.rmtree(folder)
    return Outcome(
        kind=kind,
        tried=count,
        accepted=verdicts.pop(ACCEPTED, 0),
        refused=verdicts.pop(REFUSED, 0),
        faults=tuple(
            Fault(what=what, count=number, example=examples[what])
            for what, number in verdicts.most_common()
        ),
        slowest=slowest,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _tried(read: Callable[[Path], object], folder: Path) -> tuple[str, str]:
    """(Verdict, what was said) of one input."""
    try:
        read(folder)
    except SENTENCES as error:
        said = str(error)
        if "\n" in said or len(said) > LONGEST_SENTENCE:
            return "a refusal that is no short sentence", said[:300]
        return REFUSED, said
    except Exception as error:  # noqa: BLE001 - any other exception is what is looked for
        place = _own_frame(error)
        return f"{type(error).__name__} at {place}", str(error)[:200]
    return ACCEPTED, ""


def _own_frame(error: Exception) -> str:
    """The last place in this package that an exception passed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    last = (own or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno} in {last.name}"


def _written(target: Target, folder: Path, rng: random.Random) -> Path:
    """A folder with the files of a target, one of them mutated."""
    folder.mkdir()
    chosen = rng.choice(list(target.files))
    for name, data in target.files.items():
        (folder / name).write_bytes(_content(name, data, rng if name == chosen else None))
    for name, content in target.beside.items():
        (folder / name).write_bytes(content)
    return folder


def _content(name: str, data: Any, rng: random.Random | None) -> bytes:  # noqa: ANN401
    """A file's bytes; mutated where there is a generator of random numbers."""
    lines = data if ".jsonl" in name else [data]
    if rng is None:
        content = b"\n".join(json.dumps(line).encode() for line in lines) + b"\n"
    elif name.endswith(".yaml") and rng.random() < 0.4:
        text = yaml.safe_dump(data).encode()
        more = rng.choice(_YAML).encode()
        content = rng.choice((garbled(text, rng), text + more, more + text))
    else:
        chosen = rng.randrange(len(lines))
        parts = [rendered(line, rng) for line in lines]
        sound = parts[chosen]
        whole = rng.random() < 0.8
        parts[chosen] = rendered(mutated(lines[chosen], rng), rng) if whole else garbled(sound, rng)
        content = b"\n".join(parts) + b"\n"
    if not name.endswith(".gz"):
        return content
    packed = gzip.compress(content, mtime=0)
    return garbled(packed, rng) if rng is not None and rng.random() < 0.3 else packed
