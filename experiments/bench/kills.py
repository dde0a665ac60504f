"""Searches whose workers and drivers are killed: the same bank, and nothing paid twice?

The search asks an endpoint on this machine that keeps books. A finished call is one that the run's
journal has; it is paid twice where the journal has it twice. Requests that were under way when
their process died are asked again, since nobody knows their answers.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from rich.table import Table

from ..show.tables import table_of
from .endpoint import Books, rehearsal_endpoint

_MODULE = "esc_skills.experiments.bench.kills"
"""This module, which is `__main__` in the process of a search."""
DELAY = 0.05
"""Seconds that an answer takes."""
THREADS, WORKERS = 8, 2
BETWEEN = (10, 40)
"""Requests between two kills, at least and at most."""
SEARCH: dict[str, object] = {
    "tracking": "none", "threads": THREADS, "search.generations": 1, "search.train_rollouts": 6,
    "search.rule.max_pairs": 8, "search.test_replicates": 1, "search.policy_trials": 0,
}  # fmt: skip
RAY_WORKER = b"ray::_RayWorker"
"""How the names of the processes begin in which Ray's workers work."""


class Kills(NamedTuple):
    """What kills have done to a search.

    Attributes:
        killed: What was killed.
        kills: How often.
        same: Whether bank and journal are those of a straight run, the order of lines aside.
        twice: Finished calls that were paid twice.
        again: Requests under way that were asked again.
    """

    killed: str
    kills: int
    same: bool
    twice: int
    again: int


def kills(workers: int, drivers: int, advance: Callable[[], object] = lambda: None) -> list[Kills]:
    """Kill so many workers of a search on Ray, and so many drivers of one on threads.

    Args:
        workers: Of Ray; each is replaced, and the search goes on.
        drivers: Each is started again with the same command, and goes on where it was.
        advance: Called after every kill.
    """
    books, found = Books(delay=DELAY), list[Kills]()
    with TemporaryDirectory() as folder, rehearsal_endpoint(books) as address:
        straight = Path(folder) / "straight"
        _finish(_search(straight, address, "threads"), straight)
        needed, moments = books.requests, random.Random(0)
        for killed, times, engine in (("driver", drivers, "threads"), ("worker", workers, "ray")):
            done, same, twice, before, runs = 0, True, 0, books.requests, 0
            while done < times:  # a search may end before it was killed so often
                runs += 1
                broken = Path(folder) / f"{killed}-{runs}"
                for _ in _killed(killed, broken, address, engine, times - done, books, moments):
                    done += 1
                    advance()
                same &= _same(straight, broken)
                twice += _twice(broken)
            if times:
                again = books.requests - before - runs * needed
                found.append(Kills(killed, done, same, twice, again))
    return found


def kills_table(found: list[Kills]) -> Table:
    """A row for each kind of process."""
    return table_of(
        "Processes killed with SIGKILL during searches",
        ("killed", "times", "same bank", "finished calls paid twice", "asked again: under way"),
        [(k.killed, str(k.kills), "yes" if k.same else "NO", str(k.twice), str(k.again))
         for k in found],
    )  # fmt: skip


def _killed(
    killed: str, run: Path, address: str, engine: str, most: int, books: Books, rng: random.Random
) -> Iterator[None]:
    """Finish a search that is killed at most so often; yields after each kill."""
    process = _search(run, address, engine)
    for _ in range(most):
        if not _has_served(books, rng.randint(*BETWEEN), process):
            break
        if killed == "driver":
            _kill_driver(process)
            yield
            process = _search(run, address, engine)
        elif crew := _workers_of(process.pid):
            os.kill(rng.choice(crew), signal.SIGKILL)
            yield
    _finish(process, run)


def _search(run: Path, address: str, engine: str) -> subprocess.Popen[bytes]:
    """A search in a process of its own; what it says stands beside its run directory."""
    with run.with_suffix(".log").open("ab") as log:
        command = [sys.executable, "-m", _MODULE, str(run), address, engine]
        return subprocess.Popen(command, stdout=log, stderr=log)


def _finish(process: subprocess.Popen[bytes], run: Path) -> None:
    if code := process.wait():
        said = run.with_suffix(".log").read_text()[-1000:]
        raise RuntimeError(f"a search must end with exit code 0, but ended with {code}: {said}")


def _has_served(books: Books, requests: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait for so many requests; whether they came before the process ended."""
    until = books.requests + requests
    while books.requests < until and process.poll() is None:
        time.sleep(0.002)
    return process.poll() is None


def _kill_driver(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def _workers_of(driver: int) -> list[int]:
    """The processes in which workers of a driver on Ray work."""
    parents, names = dict[int, int](), dict[int, bytes]()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
                names[int(folder.name)] = (folder / "cmdline").read_bytes()
            except OSError:  # it has just ended
                continue
            parents[int(folder.name)] = int(stat[1])

    def within(process: int) -> bool:
        return process == driver or (process in parents and within(parents[process]))

    return sorted(p for p, name in names.items() if name.startswith(RAY_WORKER) and within(p))


def _same(one: Path, other: Path) -> bool:
    return (one / "bank.json").read_bytes() == (other / "bank.json").read_bytes() and (
        set(_keys(one)) == set(_keys(other))
    )


def _twice(run: Path) -> int:
    keys = _keys(run)
    return len(keys) - len(set(keys))


def _keys(run: Path) -> list[str]:
    lines = (run / "journal.jsonl").read_text().splitlines()
    return [line.split('"record"')[0] for line in lines]


def _evolve(run: str, address: str, engine: str) -> None:
    """The search that is killed."""
    from ..setup.config import load_experiment
    from ..work.evolve import evolve

    model: dict[str, object] = {
        "model.model": "openai/rehearsal", "model.api_base": address, "model.price_in": 0,
        "model.price_out": 0, "engine": engine, "workers": WORKERS,
    }  # fmt: skip
    evolve(load_experiment(None, {**SEARCH, **model}), Path(run))


if __name__ == "__main__":
    _evolve(*sys.argv[1:])
