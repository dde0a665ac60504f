"""What judges said of an evaluation, as an MLflow run beside those of the searches."""

from pathlib import Path

from ..work.evaluate import Evaluation
from .plain import log_figures


def log_judges(evaluation: Evaluation, runs: Path) -> str:
    """Log the judges' means with their intervals, and all they said as `judges.json`.

    Args:
        evaluation: An evaluation that judges were asked about.
        runs: The directory whose store takes the run.

    Returns:
        The id of the MLflow run.
    """
    tags = {
        "kind": "evaluation",
        "bank": evaluation.bank,
        "simulator": evaluation.simulator,
        "judge": evaluation.judges[0].model,
        "mlflow.runName": f"judges {evaluation.bank[:8]}",
    }
    said = [summary.model_dump(mode="json") for summary in evaluation.judges]
    return log_figures(runs, tags, figures_of(evaluation), {"judges.json": {"judges": said}})


def figures_of(evaluation: Evaluation) -> dict[str, float]:
    """By metric name: JUDGE/DIMENSION/mean, low, high; and how many count or are missing."""
    summary = evaluation.summary
    figures: dict[str, float] = {
        "score/mean": summary.score.mean,
        "dialogues/counted": float(summary.rollouts),
        "dialogues/no reply": float(summary.silent),
        "dialogues/missing": float(summary.invalid),
    }
    for said in evaluation.judges:
        figures[f"{said.judge}/failed"] = float(said.failed)
        named = dict(said.scores)
        if said.overall is not None:
            named["all"] = said.overall
        for dimension, interval in named.items():
            for bound in ("mean", "low", "high"):
                value = float(getattr(interval, bound))
                figures[f"{said.judge}/{dimension}/{bound}"] = round(value, 4)
    return figures
