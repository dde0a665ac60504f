"""What a large journal costs: opening it, looking a call up, storing one, and memory."""

import json
import multiprocessing
import random
import tempfile
import time
from pathlib import Path

from rich.table import Table

from esc_skills.programs.models.journal import Journal

from ..show.tables import table_of

CALLS = 1_000_000
LOOK_UPS = 2_000


def large_journal(calls: int = CALLS) -> Table:
    """A journal of so many calls, opened in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        with path.open("w") as file:
            file.writelines(json.dumps(_line(number)) + "\n" for number in range(calls))
        size = path.stat().st_size / 1e6
        spawned = multiprocessing.get_context("spawn")
        with spawned.Pool(1, maxtasksperchild=1) as pool:
            first = pool.apply(_measured, (path, calls))
            again = pool.apply(_measured, (path, calls))
    return table_of(
        f"Journal of {calls:,} calls, {size:,.0f} MB",
        ("", "opened in s", "whole process in MB", "look-up in ms", "store in ms"),
        [("without an index", *first), ("with its index", *again)],
    )


def _line(number: int) -> dict[str, object]:
    place = ["0", f"person-{number // 900}", str(number // 30 % 30), str(number % 30), "Speak", "0"]
    call = {"role": "seeker", "place": place, "model": {"model": "x"}, "seed": number}
    record = {"answer": ["so " * 130], "spend": {"tokens_in": 900, "tokens_out": 60}, "call": call}
    return {"key": f"{number:016x}", "record": record}


def _measured(path: Path, calls: int) -> tuple[str, ...]:
    """Figures of one process that opens the journal."""
    import resource

    started = time.perf_counter()
    journal = Journal(path)
    opened = time.perf_counter() - started
    keys = random.Random(0).choices(range(calls), k=LOOK_UPS)
    started = time.perf_counter()
    for key in keys:
        assert journal.get(f"{key:016x}") is not None
    found = (time.perf_counter() - started) / LOOK_UPS
    started = time.perf_counter()
    for key in range(LOOK_UPS):
        journal.put(f"new {key}", {"answer": ["fine"]})
    stored = (time.perf_counter() - started) / LOOK_UPS
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{opened:.2f}", f"{memory:.0f}", f"{1000 * found:.3f}", f"{1000 * stored:.3f}"
