"""How often a search gives its first bank up, in worlds where the bank's true gain is known.

Run with `python -m esc_skills.experiments.bench.first_banks`, or as a part of `make bench`.
"""

import statistics as stats
from functools import partial
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from esc_skills.optimizers.acceptance import Acceptance
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.optimizers.strategy import open_task
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Processes
from esc_skills.signatures.skills import Bank

from ..files.profiles import split_profiles
from ..show.tables import table_of
from .starts import first_bank
from .worlds import WORLDS

SEARCHES = 40
"""Searches in a row of the table, each with another seed and split of the seekers."""
COLUMNS = ("world", "first bank", "true gain over none", "given up", "mean calls")


class Row(NamedTuple):
    """A first bank and its world."""

    world: str
    start: str


ROWS = (
    *(Row(world, "drafts") for world in ("default", "deceptive", "plain", "taste")),
    *(Row(world, "mined") for world in ("default", "deceptive", "later", "plain", "history")),
)


def first_banks(processes: int = 2) -> Table:
    """The race of the first bank and none, before the first edit."""
    with Processes(processes) as work:
        rows = [_cells(row, [*work.map(partial(race, row), range(SEARCHES))]) for row in ROWS]
    return table_of("First banks", COLUMNS, rows)


def race(row: Row, number: int) -> tuple[bool, int]:
    """(Whether the first bank was given up, model calls spent) of one search."""
    world = WORLDS[row.world]()
    third = 1 / 3
    split = split_profiles(
        world.profiles(), train=third, validation=third, test=1 - 2 * third, seed=number
    )
    agent = SupportAgent(first_bank(row.world, row.start))
    runner = Runner(Models(engines={"rehearsal": world.engine()}), seed=number, threads=1)
    task = open_task(agent, split.train, split.validation, runner, EvolutionSettings())
    Acceptance(task).begin()
    runner.close()
    return bool(task.record.decisions), runner.ledger.spend.calls


def _cells(row: Row, races: list[tuple[bool, int]]) -> tuple[str, ...]:
    world, bank = WORLDS[row.world](), first_bank(row.world, row.start)
    gains = [world.truth(bank, one) - world.truth(Bank(), one) for one in world.profiles()]
    given_up = sum(gone for gone, _ in races)
    calls = stats.mean(spent for _, spent in races)
    return (*row, f"{stats.mean(gains):+.1f}", f"{given_up} of {len(races)}", f"{calls:.0f}")


if __name__ == "__main__":
    Console(width=110).print(first_banks())
