"""Records of single commands as tracked runs: what each logs, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from esc_skills.metrics.evidence.statistics import Interval

from ..work.calibrate import Calibration, mean_distance
from ..work.evaluate import Evaluation
from ..work.probe import Probing
from ..work.respond import ResponseReport
from .tracker import Tracker


@dataclass(frozen=True)
class TrackedRecord:
    """What a tracker is given of a record: one run without children."""

    name: str
    tags: Mapping[str, str]
    metrics: Mapping[str, float]
    documents: Mapping[str, Mapping[str, Any]]
    """JSON data by file name: what the metrics come from."""


def track(record: TrackedRecord, tracker: Tracker) -> None:
    """Log a record as one run."""
    run = tracker.open_run(record.name, record.tags)
    run.metrics(record.metrics)
    for name, document in record.documents.items():
        run.document(name, document)
    run.close()


def probing_record(found: Probing) -> TrackedRecord:
    """How the metric stood up to probes; the tag `breaking` names those that beat it."""
    metrics = {"score/plain supporter": found.plain, "probes/breaking": float(len(found.breaking))}
    for row in found.probes:
        if row.score is not None and row.difference is not None:
            metrics |= {
                f"probe/{row.probe}/score": row.score,
                f"probe/{row.probe}/difference": row.difference.mean,
                f"probe/{row.probe}/low": row.difference.low,
                f"probe/{row.probe}/high": row.difference.high,
            }
    tags = {
        "kind": "probes",
        "simulator": found.simulator,
        "breaking": ", ".join(found.breaking) or "none",
    }
    documents = {"probes.json": found.model_dump(mode="json")}
    return TrackedRecord(f"probes {found.simulator}", tags, metrics, documents)


def calibration_record(found: Calibration) -> TrackedRecord:
    """How far simulated seekers talk from real ones, before and after; and their habits."""
    metrics = {"distance/gain": found.gain}
    for side, rows in (("before", found.before), ("after", found.after)):
        metrics[f"distance/{side}/mean"] = mean_distance(rows)
        metrics |= {f"distance/{side}/{row.feature}": row.distance.mean for row in rows}
    tags = {
        "kind": "calibration",
        "simulator": found.simulator,
        "against": ", ".join(found.against),
    }
    name = f"seekers {found.simulator}: {found.gain:+.2f} SD nearer"
    return TrackedRecord(name, tags, metrics, {"calibration.json": found.model_dump(mode="json")})


def responses_record(found: ResponseReport) -> TrackedRecord:
    """How like real replies a bank's are; a figure without an interval has no low and high."""
    metrics: dict[str, float] = {}
    for name, value in found.scores:
        if isinstance(value, Interval):
            metrics |= _bounds(name, value)
        elif value is not None:
            metrics[name] = value
    tags = {
        "kind": "responses",
        "supporter": found.supporter,
        "judge": found.judge,
        "bank": found.bank,
    }
    documents = {"responses.json": found.model_dump(mode="json")}
    return TrackedRecord(f"responses {found.bank[:8]}", tags, metrics, documents)


def judges_record(evaluation: Evaluation) -> TrackedRecord:
    """What judges said of an evaluation that at least one was asked about."""
    tags = {
        "kind": "evaluation",
        "bank": evaluation.bank,
        "simulator": evaluation.simulator,
        "judge": evaluation.judges[0].model,
    }
    said = [summary.model_dump(mode="json") for summary in evaluation.judges]
    metrics, documents = evaluation_metrics(evaluation), {"judges.json": {"judges": said}}
    return TrackedRecord(f"judges {evaluation.bank[:8]}", tags, metrics, documents)


def evaluation_metrics(evaluation: Evaluation) -> dict[str, float]:
    """By metric name: JUDGE/DIMENSION/mean, low, high; and how many count or are missing."""
    summary = evaluation.summary
    metrics: dict[str, float] = {
        "score/mean": summary.score.mean,
        "dialogues/counted": summary.rollouts,
        "dialogues/no reply": summary.silent,
        "dialogues/missing": summary.invalid,
    }
    for said in evaluation.judges:
        metrics[f"{said.judge}/failed"] = said.failed
        named = dict(said.scores)
        if said.overall is not None:
            named["all"] = said.overall
        for dimension, interval in named.items():
            metrics |= _bounds(f"{said.judge}/{dimension}", interval)
    return metrics


def _bounds(name: str, interval: Interval) -> dict[str, float]:
    return {f"{name}/{bound}": getattr(interval, bound) for bound in ("mean", "low", "high")}
