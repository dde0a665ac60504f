"""Results kept in the repository with the exact command, and the documents' tables of them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem
from ..files.atomic_writes import write_whole
from .match import Score
from .standings import OURS, Standing, standings
from .tables import alarms_cell, points, reach_cell
from .tournament import VERSION, Plan

KEPT = Path(__file__).parents[1] / "results" / "optimizers.json"
"""The kept tournament of optimizers."""
BEGIN, END = "<!-- {name}: begin -->", "<!-- {name}: end -->"
"""The lines between which a document holds the table of the kept tournament of that name."""
DIGITS = 3
"""Decimals that are kept."""
NO_PEER = (OURS, f"{OURS}, judged", "none")

BUDGET_COLUMNS = (
    "calls to 90% of the attainable gain: median [95% interval], - where it is more than the "
    "budget, with the seeds that got there; in vain: accepted edits that change nothing + that do "
    "harm; groups of test seekers that lose more than 2 points"
)
WORLD_COLUMNS = "best peer: the one that gains most"
ALARMS_COLUMN = "alarms: runs whose sealed test raised one, of those that changed the bank"


class Tournament(Frozen):
    """Contests as they ended, and how to hold them again."""

    command: str
    version: int = VERSION
    """Version of the contest; scores of different ones cannot be compared."""
    scores: tuple[Score, ...] = Field(min_length=1)


def keep(plan: Plan, scores: Sequence[Score], path: Path) -> None:
    """Write a tournament, one contest a line, so that a difference can be read."""
    head = json.dumps({"command": plan.command, "version": VERSION})[1:-1]
    lines = (json.dumps(_rounded(score.model_dump(mode="json"))) for score in scores)
    path.parent.mkdir(parents=True, exist_ok=True)
    body = ",\n".join(lines)
    write_whole(path, f'{{{head}, "scores": [\n{body}\n]}}\n')


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def read_tournament(path: Path) -> Tournament:
    """A tournament that was kept.

    Raises:
        UserError: The file is not there, or is no tournament of this version.
    """
    try:
        found = Tournament.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(
            f"there must be a tournament at {path}, but there is none. "
            "Write one with: esc-skills bench optimizers --keep FILE"
        ) from error
    except ValidationError as error:
        raise UserError(
            f"{path} must be a kept tournament, but: {first_problem(error)}."
        ) from error
    if found.version != VERSION:
        raise UserError(
            f"{path} must be of version {VERSION}, but is of {found.version}. "
            f"Run its command again: {found.command}"
        )
    return found


def markdown(tournament: Tournament) -> str:
    """A document's account: one world by budget, several in a line each."""
    rows = standings(tournament.scores)
    alone = len({row.world for row in rows}) == 1
    parts = [_by_budget(rows) if alone else _by_world(rows)]
    if alone and any(row.lead for row in rows):
        parts.append(_leads(rows))
    columns = [BUDGET_COLUMNS] if alone else [WORLD_COLUMNS]
    if any(row.watched for row in rows):
        columns.append(ALARMS_COLUMN)
    tables = ["\n".join(part) for part in parts]
    seeds = max(row.seeds for row in rows)
    legend = (
        f"True gain in points, mean of {seeds} seeds [95% interval]; {'; '.join(columns)}. "
        f"Rerun: `{tournament.command}`."
    )
    return "\n\n".join([*tables, legend])


def _by_budget(rows: Sequence[Standing]) -> Iterator[str]:
    """A row for each optimizer, a column for each budget."""
    budgets = sorted({row.calls for row in rows})
    known = {(row.optimizer, row.calls): row for row in rows}
    last = [row for row in rows if row.calls == budgets[-1]]
    watched = ["alarms"] if any(row.watched for row in last) else []
    heads = [f"{calls:,} calls" for calls in budgets]
    yield _line(["optimizer", *heads, "calls to 90%", "in vain", "groups worse", *watched])
    yield _line(["---", *["---:"] * (len(budgets) + 3 + len(watched))])
    for row in last:
        own = [known.get((row.optimizer, calls)) for calls in budgets]
        yield _line(
            [
                row.optimizer,
                *("" if one is None else points(one.gain) for one in own),
                reach_cell(row.most, row.most.calls, row.seeds),
                f"{row.useless}+{row.harmful} of {row.accepted}",
                f"{row.groups_worse} of {row.groups}",
                *(alarms_cell(row) for _ in watched),
            ]
        )


def _leads(rows: Sequence[Standing]) -> Iterator[str]:
    """By how much ours leads, paired by seed, over each of the others at each budget."""
    budgets = sorted({row.calls for row in rows})
    leads = {(row.optimizer, row.calls): row.lead for row in rows if row.lead is not None}
    yield _line(["ours leads by", *(f"{calls:,} calls" for calls in budgets)])
    yield _line(["---", *["---:"] * len(budgets)])
    for name in dict.fromkeys(name for name, calls in leads if calls == budgets[-1]):
        found = [leads.get((name, calls)) for calls in budgets]
        yield _line([name, *("" if lead is None else points(lead) for lead in found)])


def _by_world(rows: Sequence[Standing]) -> Iterator[str]:
    """Ours beside the best peer, in each world and budget."""
    yield _line(["world", "calls", "ours", "alarms", "best peer", "", "alarms", "ours leads by"])
    yield _line(["---", "---:", "---:", "---:", "---", "---:", "---:", "---:"])
    for world, calls in dict.fromkeys((row.world, row.calls) for row in rows):
        here = [row for row in rows if (row.world, row.calls) == (world, calls)]
        ours = next((row for row in here if row.optimizer == OURS), None)
        peer = next((row for row in here if row.optimizer not in NO_PEER), None)
        yield _line(
            [
                world,
                f"{calls:,}",
                "" if ours is None else points(ours.gain),
                "" if ours is None else alarms_cell(ours),
                "" if peer is None else peer.optimizer,
                "" if peer is None else points(peer.gain),
                "" if peer is None else alarms_cell(peer),
                "" if peer is None or peer.lead is None else points(peer.lead),
            ]
        )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def with_table(text: str, name: str, table: str) -> str:
    """A document with the table between the two markers of that name.

    Raises:
        UserError: The markers are not there, in this order.
    """
    first_line, last_line = BEGIN.format(name=name), END.format(name=name)
    head, begin, rest = text.partition(first_line)
    _, end, tail = rest.partition(last_line)
    if not (begin and end):
        raise UserError(f"the document must hold the lines {first_line} and {last_line}. Add them.")
    return f"{head}{first_line}\n{table}\n{last_line}{tail}"
