"""What a large bank costs: its first choice, and each turn's after that.

Run with `python -m esc_skills.experiments.bench.large_bank`; `make bench` prints it, too.
"""

import multiprocessing
import os
import random
import tempfile
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from esc_skills.programs.support.selection import shortlist
from esc_skills.programs.support.vectors import vectors_of
from esc_skills.signatures.skills import Bank, Skill

from ..show.tables import table_of

SIZES = (200, 1_000, 10_000)
TURNS = 200
WORDS = (
    "exam family work sister grief doctor money friend lonely boss sleep school anger child "
    "partner debt move illness fear shame pride loss pain trust hope tired alone angry"
).split()


def large_bank() -> Table:
    """Processor time of selection by the size of the bank, each figure in a process of its own."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        spawned = multiprocessing.get_context("spawn")
        for size in SIZES:
            with spawned.Pool(1, maxtasksperchild=1) as pool:
                first, *_ = pool.apply(_measured, (size, folder))
                again, changed, median, high = pool.apply(_measured, (size, folder))
            rows.append((f"{size:,}", first, again, changed, median, high))
    return table_of(
        f"Selection in a large bank, processor time, {TURNS} turns",
        ("skills", "first choice in s", "in a new process", "after an edit", "turn, ms", "95th %"),
        rows,
        text=(),
        caption="Vectors of a bank's skills are made for its first choice, and kept on the disk.",
    )


def _measured(size: int, cache: str) -> tuple[str, ...]:
    """Figures of one process: the first choice, that of an edited bank, and those of turns."""
    os.environ["XDG_CACHE_HOME"] = cache
    rng = random.Random(size)
    bank = Bank(skills=tuple(_skill(number, rng) for number in range(size)))
    edited = Bank(skills=(*bank.skills, _skill(size, rng)))
    said, turns = list[str](), list[float]()
    vectors_of(["It loads the encoder, which takes a second."])
    first = _seconds(bank, ["I do not know where to start."])
    changed = _seconds(edited, ["I do not know where to start."])
    for number in range(TURNS):
        said = [*said[-5:], f"{' '.join(rng.choices(WORDS, k=20))} {number}"]
        turns.append(1000 * _seconds(edited, said))
    turn = f"{np.median(turns):.2f}", f"{np.quantile(turns, 0.95):.2f}"
    return f"{first:.2f}", f"{changed:.2f}", *turn


def _seconds(bank: Bank, said: list[str]) -> float:
    started = time.process_time()
    assert shortlist(bank, said)
    return time.process_time() - started


def _skill(number: int, rng: random.Random) -> Skill:
    when = f"They speak of {' '.join(rng.choices(WORDS, k=20))}, as person {number} does."
    return Skill(name=f"skill-{number}", when_to_use=when, guidance="Listen.")


if __name__ == "__main__":
    Console(width=110).print(large_bank())
