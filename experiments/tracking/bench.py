"""Tournaments as tracked runs: a run for the summary, with a child for every contest."""

from collections.abc import Sequence

from ..bench.match import Score
from ..bench.summary import OptimizerSummary
from ..bench.tables import COSTS, GAINS, cost_cells, curves, gain_cells
from ..bench.tournament import Plan
from .tracker import TrackedRun, Tracker


def track_tournament(
    plan: Plan, scores: Sequence[Score], rows: Sequence[OptimizerSummary], tracker: Tracker
) -> None:
    """Log a tournament; it replaces an earlier view of it."""
    tags = {"kind": "tournament", "command": plan.command}
    run = tracker.open_run(_title(plan), tags, replaces="command")
    _log_standings(run, scores, rows)
    for score in scores:
        _log_contest(run, score)
    run.close()


def _title(plan: Plan) -> str:
    what = "ablations" if len(plan.missing) > 1 else f"{len(plan.optimizers)} optimizers"
    return f"{what} in {', '.join(plan.worlds)}, {plan.seeds} seeds"


def _log_standings(
    run: TrackedRun, scores: Sequence[Score], rows: Sequence[OptimizerSummary]
) -> None:
    """Log the printed tables, all figures, and the curves."""
    for name, columns, cells in (("gains", GAINS, gain_cells), ("costs", COSTS, cost_cells)):
        table = {
            "world": [row.world for row in rows],
            "budget": [row.calls for row in rows],
            **{column: [cells(row)[place] for row in rows] for place, column in enumerate(columns)},
        }
        run.table(f"{name}.json", table)
    run.document("all.json", {"standings": [row.model_dump(mode="json") for row in rows]})
    run.figure("curves.html", lambda: curves(scores))
    run.metrics({f"{row.world}/{row.calls}/{row.optimizer}": row.gain.mean for row in rows})


def _log_contest(parent: TrackedRun, score: Score) -> None:
    entry = score.entry
    params = {
        "method": entry.name,
        "world": entry.world,
        "seed": entry.seed,
        "budget": entry.calls,
    }
    name = f"{entry.name}, {entry.world}, {entry.calls} calls, seed {entry.seed}"
    run = parent.child(name, {"kind": "contest"}, params)
    run.metrics(_values(score))
    run.close()


def _values(score: Score) -> dict[str, float]:
    """The figures of a contest; a share never reached has no value."""
    values = {
        "gain/true": score.gain,
        "gain/true in population": score.population_gain,
        "gain/attainable": score.attainable - score.first,
        "spend/calls": score.calls,
        "spend/rollouts": score.rollouts,
        "seconds": score.seconds,
        "groups harmed": score.groups_worse,
        "edits accepted": len(score.steps),
    }
    if score.reported is not None:
        reported = score.reported
        values |= {
            "gain/reported": reported.mean,
            "gain/reported low": reported.low,
            "gain/reported high": reported.high,
        }
        if score.steps:
            values["covered"] = float(reported.low <= score.population_gain <= reported.high)
    if score.alarms is not None:
        values["alarms"] = len(score.alarms)
    for share in (0.5, 0.9):
        step = score.reach(share)
        if step is not None:
            values |= {
                f"calls to {share:.0%}": step.calls,
                f"rollouts to {share:.0%}": step.rollouts,
            }
    return values
