"""Stored tournaments, each with the command that made it, and the tables that documents show."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from esc_skills.signatures.frozen import Frozen

from ..errors import UserError, first_problem
from ..files.atomic_writes import write_whole
from .match import Score
from .overall import standings
from .summary import NO_BANK, OURS, OptimizerSummary, summarize_scores
from .tables import STANDINGS, STANDINGS_LEGEND, alarms_cell, points, reach_cell, standing_cells
from .tournament import VERSION, Plan

KEPT = Path(__file__).parents[1] / "results" / "reporting.json"
"""The stored tournament of the reporting half, which the README shows."""
BEGIN, END = "<!-- {name}: begin -->", "<!-- {name}: end -->"
"""The lines that enclose the table of the stored tournament of that name in a document."""
ALONE = "-standings"
"""Ends the name of markers that enclose the standings of a tournament alone."""
DIGITS = 3
"""Decimals of a stored number."""
NO_PEER = (OURS, f"{OURS}, second judge", "none", NO_BANK)

BUDGET_COLUMNS = (
    "calls to 90%: median calls until 90% of the attainable gain is reached [95% interval], "
    "- where that exceeds the budget, and the share of seeds that reached it; null + harmful "
    "edits: accepted edits whose true effect is within 1 point of zero + those that truly lose "
    "more than 1 point; groups harmed: groups of test seekers that truly lose more than 2 points"
)
WORLD_COLUMNS = "best baseline: the one with the largest true gain"
HEADS_BY_WORLD = (
    "world", "calls", "ESC-Skills", "alarms", "best baseline", "its gain", "its alarms",
    "lead of ESC-Skills",
)  # fmt: skip
ALARMS_COLUMN = "alarms: runs whose sealed test raised an alarm, of the runs that changed the bank"


class Tournament(Frozen):
    """The results of a tournament, and the command that reproduces them."""

    command: str
    version: int = VERSION
    """Version of the benchmark; scores of different versions cannot be compared."""
    scores: tuple[Score, ...] = Field(min_length=1)


def keep(plan: Plan, scores: Sequence[Score], path: Path) -> None:
    """Write a tournament, one contest per line, so that diffs are readable."""
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
    """Read a tournament that `keep` wrote.

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
    """The tables of a document: one world by budget, or several worlds with a row each."""
    rows = summarize_scores(tournament.scores)
    alone = len({row.world for row in rows}) == 1
    parts = [_by_budget(rows) if alone else _by_world(rows)]
    if not alone:
        parts.insert(0, _overall(tournament.scores))
    if alone and any(row.lead for row in rows):
        parts.append(_leads(rows))
    columns = [BUDGET_COLUMNS] if alone else [WORLD_COLUMNS, STANDINGS_LEGEND.rstrip(".")]
    if any(row.watched for row in rows):
        columns.append(ALARMS_COLUMN)
    tables = ["\n".join(part) for part in parts]
    seeds = max(row.seeds for row in rows)
    legend = (
        f"`{OURS}` is ESC-Skills. Gains: true gain in points, mean of {seeds} seeds "
        f"[95% interval]; {'; '.join(columns)}. "
        f"{_levels(tournament.scores) if alone else ''}Rerun: `{tournament.command}`."
    )
    return "\n\n".join([*tables, legend])


def standings_markdown(tournament: Tournament) -> str:
    """Who is ahead over all worlds and starts, budget by budget."""
    lines = [_line(("calls", *STANDINGS)), _line(["---:", "---", *["---:"] * (len(STANDINGS) - 1)])]
    for calls in sorted({score.entry.calls for score in tournament.scores}):
        own = [score for score in tournament.scores if score.entry.calls == calls]
        lines += [_line((f"{calls:,}", *standing_cells(row))) for row in standings(own)]
    told = "\n".join(lines)
    return f"{told}\n\n`{OURS}` is ESC-Skills. {STANDINGS_LEGEND} Rerun: `{tournament.command}`."


def shown_as(name: str, tournament: Tournament) -> str:
    """The text between the markers of that name: all tables, or the standings alone."""
    return standings_markdown(tournament) if name.endswith(ALONE) else markdown(tournament)


def _levels(scores: Sequence[Score]) -> str:
    """Where the optimizers started, and what could be attained."""
    levels = {
        "no bank": [score.no_bank for score in scores if score.no_bank is not None],
        "first bank": [score.first for score in scores],
        "the world's best bank": [score.attainable for score in scores],
    }
    told = [f"{name} {sum(of) / len(of):.1f}" for name, of in levels.items() if of]
    return f"Mean true scores: {', '.join(told)}. "


def _by_budget(rows: Sequence[OptimizerSummary]) -> Iterator[str]:
    """A row for each optimizer, a column for each budget."""
    budgets = sorted({row.calls for row in rows})
    known = {(row.optimizer, row.calls): row for row in rows}
    last = [row for row in rows if row.calls == budgets[-1]]
    watched = ["alarms"] if any(row.watched for row in last) else []
    heads = [f"{calls:,} calls" for calls in budgets]
    yield _line(
        ["optimizer", *heads, "calls to 90%", "null + harmful edits", "groups harmed", *watched]
    )
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


def _leads(rows: Sequence[OptimizerSummary]) -> Iterator[str]:
    """The lead of ESC-Skills over each other optimizer at each budget, paired by seed."""
    budgets = sorted({row.calls for row in rows})
    leads = {(row.optimizer, row.calls): row.lead for row in rows if row.lead is not None}
    yield _line(["lead of ESC-Skills over", *(f"{calls:,} calls" for calls in budgets)])
    yield _line(["---", *["---:"] * len(budgets)])
    for name in dict.fromkeys(name for name, calls in leads if calls == budgets[-1]):
        found = [leads.get((name, calls)) for calls in budgets]
        yield _line([name, *("" if lead is None else points(lead) for lead in found)])


def _by_world(rows: Sequence[OptimizerSummary]) -> Iterator[str]:
    """ESC-Skills and the best baseline in each world and budget."""
    yield _line(HEADS_BY_WORLD)
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


def _overall(scores: Sequence[Score]) -> Iterator[str]:
    """Every optimizer over all worlds, starts and budgets."""
    yield _line(STANDINGS)
    yield _line(["---", *["---:"] * (len(STANDINGS) - 1)])
    yield from (_line(standing_cells(row)) for row in standings(scores))


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
