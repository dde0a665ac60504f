"""False acceptance rate: how often a search accepts null edits (rewordings), in every world."""

import statistics as stats
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from rich.table import Table

from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.optimizers.acceptance import Acceptance
from esc_skills.optimizers.settings import EvolutionSettings
from esc_skills.optimizers.strategy import open_task
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Processes
from esc_skills.signatures.edits import RewriteField
from esc_skills.signatures.skills import Bank

from .tables import table_of
from .worlds import WORLDS

ONE, ALL = 1, 9
"""Skills of the bank, each of which gets a rewording."""
SEARCHES = {ONE: 100, ALL: 20}
"""Searches in a row of the table, by the edits in each."""
COLUMNS = ("world", "error rate", "edits", "accepted", "share", "searches with any", "mean calls")


class Row(NamedTuple):
    """The edits of one row of the table."""

    world: str
    edits: int
    error_rate: float


ROWS = (
    *(Row(world, ONE, rate) for world in ("default", "unseeded") for rate in (0.05, 0.10)),
    *(Row(world, ALL, 0.05) for world in WORLDS),
)


def null_edits(rows: Sequence[Row] = ROWS, processes: int = 2) -> Table:
    """Null edits that change only wording: one per search, or one for every skill of a bank.

    The error rate is promised for each edit; a search that is given nine may err oftener.
    """
    with Processes(processes) as work:
        return table_of("Null edits", COLUMNS, [_cells(row, work.map) for row in rows])


def _cells(row: Row, each: Callable[..., Iterable[tuple[int, int]]]) -> tuple[str, ...]:
    searches = SEARCHES[row.edits]
    tried = list(each(partial(null_search, row), range(searches)))
    edits, accepted = searches * row.edits, sum(taken for taken, _ in tried)
    return (
        row.world,
        f"{row.error_rate:.2f}",
        f"{edits}",
        f"{accepted}",
        f"{accepted / edits:.3f}",
        f"{sum(taken > 0 for taken, _ in tried)} of {searches}",
        f"{stats.mean(calls for _, calls in tried):.0f}",
    )


def null_search(row: Row, number: int) -> tuple[int, int]:
    """(Rewordings that were accepted, model calls spent) of one search."""
    world = WORLDS[row.world]()
    profiles, bank = world.profiles(), Bank(skills=world.best_bank().skills[: row.edits])
    edits = [
        RewriteField(
            name=skill.name,
            field="guidance",
            text=f"{skill.guidance} (Version {number}.)",
            reason="null",
        )
        for skill in bank.skills
    ]
    runner = Runner(Models(engines={"rehearsal": world.engine()}), seed=number, threads=1)
    settings = EvolutionSettings(rule=ChallengeRule(error_rate=row.error_rate))
    task = open_task(SupportAgent(bank), profiles[::2], profiles[1::2], runner, settings)
    Acceptance(task).consider(edits)
    runner.close()
    return sum(decision.accepted for decision in task.record.decisions), runner.ledger.spend.calls
