"""What executing elsewhere brings: share of the ideal, and the driver's own time a dialogue.

Run with `python -m esc_skills.experiments.bench.scale`; `make bench` prints it, too.
"""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dspy.lm15 import Request, Response
from rich.console import Console
from rich.table import Table

from esc_skills.programs.models.roles import ROLES, ModelConfig, Models, Role
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Threads, Work

from ..files.profiles import SAMPLE_PROFILES, read_profiles
from ..rehearsal.engine import RehearsalEngine
from ..show.tables import table_of

LATENCY = 0.1
"""Seconds that the model takes for a call."""
DIALOGUES, AT_ONCE, WORKERS = 64, 32, 4
BATCHES = 3
"""Batches of dialogues that are measured."""
CREWS = (4, 16, 64, 250, 1000)
"""Workers of a cluster, for the table on paper."""
CALL_SECONDS = 2.0
"""What a call of a model behind an endpoint takes, for the same."""


class SlowEngine(RehearsalEngine):
    """The rehearsal behind a network of 100 ms."""

    def __reduce__(self) -> tuple[type["SlowEngine"], tuple[()]]:
        """Workers make their own: a real model is no part of what the driver sends."""
        return SlowEngine, ()

    def complete(self, request: Request) -> Response:
        """Answer after a while."""
        time.sleep(LATENCY)
        return super().complete(request)


def list_schedule(lengths: Sequence[int], workers: int) -> int:
    """Length of the schedule that starts each job, in order, on the first free worker."""
    free = [0] * workers
    for length in lengths:
        free.sort()
        free[0] += length
    return max(free)


def engines() -> dict[str, Callable[[], Work]]:
    """The engines that are installed, each for 32 dialogues at once."""
    found: dict[str, Callable[[], Work]] = {f"threads, {AT_ONCE}": lambda: Threads(AT_ONCE)}
    try:
        import ray as _  # noqa: F401
    except ModuleNotFoundError:
        return found
    from ..engines.ray_work import RayWork

    name = f"Ray, {WORKERS} workers of {AT_ONCE // WORKERS}"
    return {**found, name: lambda: RayWork(AT_ONCE, workers=WORKERS)}


def scale() -> tuple[Table, Table]:
    """Share of the ideal by engine, and what the driver's own time allows, on paper."""
    rows: list[tuple[str, ...]] = []
    driver, calls = 0.0, 0.0
    for name, make in engines().items():
        seconds, ideal, driver, calls = _measured(make())
        own = f"{1000 * driver:.1f}"
        rows.append((name, f"{seconds:.1f}", f"{ideal:.1f}", f"{ideal / seconds:.0%}", own))
    measured = table_of(
        f"{DIALOGUES} dialogues, {1000 * LATENCY:.0f} ms a call, median of {BATCHES}",
        ("engine", "seconds", "ideal", "share", "processor time of the driver, ms a dialogue"),
        rows,
        caption="Threads play in the driver, so its time there holds the dialogues themselves.",
    )
    return measured, _on_paper(driver, calls)


def _measured(work: Work) -> "_Measured":
    """The median batch, after one that is not counted: the first ones load code and fill caches."""
    configs: dict[Role, ModelConfig] = {
        role: ModelConfig(model="rehearsal", concurrency=AT_ONCE) for role in ROLES
    }
    runner = Runner(Models(configs, engines={"rehearsal": SlowEngine()}), work=work)
    _, *batches = [_batch(runner, number) for number in range(BATCHES + 1)]
    runner.close()
    return sorted(batches, key=lambda one: one.seconds)[BATCHES // 2]


def _batch(runner: Runner, number: int) -> "_Measured":
    """One batch of dialogues, none of which was played before."""
    profiles = read_profiles([SAMPLE_PROFILES])
    places = range(number * DIALOGUES, (number + 1) * DIALOGUES)
    pairs = [(profiles[place % len(profiles)], place) for place in places]
    started, busy = time.perf_counter(), time.process_time()
    rollouts = runner.play(SupportAgent(), pairs)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    calls = [rollout.spend.calls for rollout in rollouts]
    # dialogues are sequential inside, so the best schedule is bound by the longest chain of calls
    ideal = list_schedule(calls, AT_ONCE) * LATENCY
    return _Measured(seconds, ideal, busy / DIALOGUES, sum(calls) / DIALOGUES)


class _Measured(NamedTuple):
    seconds: float
    ideal: float
    """Seconds of the best schedule."""
    driver: float
    """Processor time of the driver, in seconds a dialogue."""
    calls: float
    """Calls a dialogue."""


def _on_paper(driver: float, calls: float) -> Table:
    """Dialogues a second by workers, where nothing but the driver bounds them."""
    rows: list[tuple[str, ...]] = []
    for crew in CREWS:
        wanted = crew * AT_ONCE / WORKERS / (calls * CALL_SECONDS)
        bound = min(wanted, 1 / driver)
        row = (str(crew), f"{wanted:.1f}", f"{bound:.1f}", f"{bound / wanted:.0%}")
        rows.append(row)
    each = AT_ONCE // WORKERS
    return table_of(
        f"On paper: workers of {each} threads, {CALL_SECONDS:.0f} s and {calls:.0f} calls",
        ("workers", "dialogues a second", "with this driver", "share of ideal"),
        rows,
        text=(),
    )


def main() -> None:
    """Print both tables."""
    console = Console(width=110)
    for table in scale():
        console.print(table)


if __name__ == "__main__":
    main()
