"""Figures of a single command as one MLflow run, beside those of the searches."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from esc_skills.metrics.evidence.statistics import Interval

from ..work.calibrate import Calibration, mean_distance
from ..work.probe import Probing
from ..work.respond import ResponseReport
from .store import default_store, open_experiment


def log_figures(
    runs: Path, tags: Mapping[str, str], figures: Mapping[str, float], documents: Mapping[str, Any]
) -> str:
    """Log figures, and what they come from.

    Args:
        runs: The directory whose store takes the run.
        tags: What the run is.
        figures: By metric name; what is not finite is left out.
        documents: JSON data by file name.

    Returns:
        The id of the MLflow run.
    """
    client, experiment_id = open_experiment(default_store(runs), runs)
    run_id: str = client.create_run(experiment_id, tags=dict(tags)).info.run_id
    for name, value in figures.items():
        if math.isfinite(value):
            client.log_metric(run_id, name, round(value, 4))
    for name, document in documents.items():
        client.log_dict(run_id, document, name)
    client.set_terminated(run_id)
    return run_id


def log_probing(found: Probing, runs: Path) -> str:
    """Log how the metric stood up to probes; the tag `breaking` names those that beat it."""
    figures = {"score/plain supporter": found.plain, "probes/breaking": float(len(found.breaking))}
    for row in found.probes:
        if row.score is not None and row.difference is not None:
            figures |= {
                f"probe/{row.probe}/score": row.score,
                f"probe/{row.probe}/difference": row.difference.mean,
                f"probe/{row.probe}/low": row.difference.low,
                f"probe/{row.probe}/high": row.difference.high,
            }
    tags = {
        "kind": "probes",
        "simulator": found.simulator,
        "breaking": ", ".join(found.breaking) or "none",
        "mlflow.runName": f"probes {found.simulator}",
    }
    return log_figures(runs, tags, figures, {"probes.json": found.model_dump(mode="json")})


def log_calibration(found: Calibration, runs: Path) -> str:
    """Log how far simulated seekers talk from real ones, before and after; and their habits."""
    figures = {"distance/gain": found.gain}
    for side, rows in (("before", found.before), ("after", found.after)):
        figures[f"distance/{side}/mean"] = mean_distance(rows)
        figures |= {f"distance/{side}/{row.feature}": row.distance.mean for row in rows}
    tags = {
        "kind": "calibration",
        "simulator": found.simulator,
        "against": ", ".join(found.against),
        "mlflow.runName": f"seekers {found.simulator}: {found.gain:+.2f} SD nearer",
    }
    return log_figures(runs, tags, figures, {"calibration.json": found.model_dump(mode="json")})


def log_responses(found: ResponseReport, runs: Path) -> str:
    """Log how like real replies a bank's are; a figure without an interval has no low and high."""
    figures: dict[str, float] = {}
    for name, value in found.scores:
        if isinstance(value, Interval):
            bounds = {"mean": value.mean, "low": value.low, "high": value.high}
            figures |= {f"{name}/{bound}": each for bound, each in bounds.items()}
        elif value is not None:
            figures[name] = value
    tags = {
        "kind": "responses",
        "supporter": found.supporter,
        "judge": found.judge,
        "bank": found.bank,
        "mlflow.runName": f"responses {found.bank[:8]}",
    }
    return log_figures(runs, tags, figures, {"responses.json": found.model_dump(mode="json")})
